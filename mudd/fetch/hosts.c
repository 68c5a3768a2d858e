/*
 * hosts(5).  Role: fetcher.  Input: a file that only root writes; walked with
 * care all the same, since nothing else has judged it.
 */
#include "fetch/hosts.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

static bool
is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Cuts the part up to the first `end`, which is skipped, off *text. */
static struct bytes
cut(struct bytes *text, uint8_t end)
{
	const uint8_t *at =
	    text->len == 0 ? NULL : memchr(text->data, end, text->len);
	struct bytes part = *text;
	size_t skip = text->len;

	if (at != NULL) {
		part.len = (size_t)(at - text->data);
		skip = part.len + 1;
	}
	text->data = skip == 0 ? text->data : text->data + skip;
	text->len -= skip;
	return part;
}

/* The next word of a line; empty at its end. */
static struct bytes
next_word(struct bytes *line)
{
	struct bytes word;
	size_t len = 0;

	while (line->len > 0 && is_space(line->data[0])) {
		line->data++;
		line->len--;
	}
	while (len < line->len && !is_space(line->data[len]))
		len++;
	word = (struct bytes){ line->data, len };
	if (len > 0) {
		line->data += len;
		line->len -= len;
	}
	return word;
}

static bool
word_is(struct bytes word, const char *name)
{
	return word.len == strlen(name) &&
	       strncasecmp((const char *)word.data, name, word.len) == 0;
}

static bool
line_names(struct bytes line, const char *name)
{
	struct bytes word = next_word(&line);

	while (word.len > 0) {
		if (word_is(word, name))
			return true;
		word = next_word(&line);
	}
	return false;
}

static bool
word_is_address(struct bytes word, struct addr *addr)
{
	char text[ADDR_TEXT];

	if (word.len >= sizeof(text) ||
	    memchr(word.data, '\0', word.len) != NULL)
		return false;
	memcpy(text, word.data, word.len);
	text[word.len] = '\0';
	return addr_parse(text, addr);
}

struct bytes
hosts_read(const char *path)
{
	struct bytes none = { NULL, 0 };
	struct stat st;
	uint8_t *data;
	size_t have = 0, size;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return none;
	if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > HOSTS_SIZE) {
		close(fd);
		return none;
	}
	size = (size_t)st.st_size;
	data = xcalloc(size, 1);
	while (have < size && n > 0) {
		n = read(fd, data + have, size - have);
		if (n > 0)
			have += (size_t)n;
	}
	close(fd);
	if (have == 0) {
		free(data);
		return none;
	}
	return (struct bytes){ data, have };
}

size_t
hosts_find(struct bytes text, const char *name, struct addr *addrs, size_t max)
{
	size_t n = 0;

	while (text.len > 0 && n < max) {
		struct bytes line = cut(&text, '\n');
		struct bytes said = cut(&line, '#');
		struct bytes first = next_word(&said);
		struct addr addr;

		/* Names first: nearly every line fails there, cheaply. */
		if (first.len > 0 && line_names(said, name) &&
		    word_is_address(first, &addr))
			addrs[n++] = addr;
	}
	return n;
}
