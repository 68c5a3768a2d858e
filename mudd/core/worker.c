/*
 * The options of a worker.  Role: watcher, fetcher, reader.  Input: the
 * command line, which is mudd's.
 */
#include "core/worker.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/log.h"

bool
worker_begin(const char *program, int argc, char **argv)
{
	enum log_level level = LOG_LEVEL_INFO;
	bool require = true;
	int option;

	while ((option = getopt(argc, argv, "bd")) != -1) {
		switch (option) {
		case 'b':
			require = false;
			break;
		case 'd':
			level = LOG_LEVEL_DEBUG;
			break;
		default:
			exit(2);
		}
	}
	log_init(program, level);
	return require;
}
