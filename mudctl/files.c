/*
 * Files.  Role: mudctl.  Input: paths of the caller's, and what lies there,
 * which may be anybody's.
 */
#include "mudctl/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmud/json.h"
#include "libmud/mem.h"
#include "mudctl/columns.h"

bool
file_complain(const char *path, const char *what)
{
	(void)fputs("mudctl: ", stderr);
	(void)text_print(stderr, path);
	(void)fprintf(stderr, ": %s\n", what);
	return false;
}

bool
file_read(const char *path, size_t max, struct input *input)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "rb");
	struct stat about;
	bool ok = true;

	if (in == NULL)
		return file_complain(path, strerror(errno));
	/* In one piece, and not moved about: it may be a key. */
	if (fstat(fileno(in), &about) == 0 && S_ISREG(about.st_mode) &&
	    about.st_size >= 0 && (uintmax_t)about.st_size < max)
		max = (size_t)about.st_size + 1;
	input->data = xrealloc(input->data, input->len + max + 1, 1);
	input->len += fread(input->data + input->len, 1, max, in);
	if (ferror(in))
		ok = file_complain(path, "cannot be read");
	if (!is_stdin)
		(void)fclose(in);
	return ok;
}

struct bytes
input_bytes(const struct input *input)
{
	return (struct bytes){ input->data, input->len };
}

void
input_done(struct input *input)
{
	if (input->data != NULL)
		explicit_bzero(input->data, input->len);
	free(input->data);
	*input = (struct input){ NULL, 0 };
}

static bool
write_all(int fd, struct bytes raw)
{
	while (raw.len > 0) {
		const ssize_t n = write(fd, raw.data, raw.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		raw.data += n;
		raw.len -= (size_t)n;
	}
	return fchmod(fd, 0644) == 0 && fsync(fd) == 0;
}

bool
file_write(const char *path, struct bytes raw)
{
	static const char suffix[] = ".XXXXXX";
	const size_t size = strlen(path) + sizeof(suffix);
	char *aside = xcalloc(size, 1);
	int fd, error = 0;

	(void)snprintf(aside, size, "%s%s", path, suffix);
	fd = mkstemp(aside);
	if (fd < 0) {
		error = errno;
	} else {
		if (!write_all(fd, raw) || rename(aside, path) != 0)
			error = errno;
		(void)close(fd);
		if (error != 0)
			(void)unlink(aside);
	}
	free(aside);
	return error == 0 || file_complain(path, strerror(error));
}

json_t *
file_name(const char *path)
{
	json_t *value = json_string(path);
	char buf[1024];

	if (value != NULL)
		return value;
	json_display(path, buf, sizeof(buf));
	return json_string(buf);
}
