/* Files of policies/: what they may be called, and which are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/files/materials.h"
#include "engine/files/ownfiles.h"
#include "libmud/fault.h"
#include "libmud/url.h"
#include "tests/unit/logged.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* NULL: that is no such file's. */
static const struct {
	const char *text, *name;
} texts[] = {
	{ "policies/lamp.json", "lamp.json" },
	{ "policies/a", "a" },
	{ "policies/", NULL },
	{ "policies/.json", NULL },
	{ "policies/../mudd.conf", NULL },
	{ "policies/a/b.json", NULL },
	{ "policies/a b.json", NULL },
	{ "policies/a\n.json", NULL },
	{ "Policies/lamp.json", NULL },
	{ "https://policies/lamp.json", NULL },
	{ "lamp.json", NULL },
	{ "", NULL },
};

static void
tells_them_from_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const char *name = ownfiles_name(texts[i].text);
		char text[LIMIT_URL + 1];
		struct fault why = { 0 };
		struct url url;

		if ((name == NULL) != (texts[i].name == NULL))
			fail_msg("'%s'", texts[i].text);
		if (name == NULL)
			continue;
		assert_string_equal(name, texts[i].name);
		assert_true(ownfiles_text(name, text));
		assert_string_equal(text, texts[i].text);
		/* Nobody else can have it: it is no URL. */
		assert_false(url_parse(text, &url, &why));
		assert_true(ownfiles_parse(text, &url, &why));
		assert_string_equal(url.text, text);
	}
}

static void
bounds_the_name(void **state)
{
	char name[LIMIT_URL + 2], text[LIMIT_URL + 1];
	const size_t most = LIMIT_HOST - strlen("policies/");

	(void)state;
	memset(name, 'a', sizeof(name));
	name[most] = '\0';
	assert_true(ownfiles_text(name, text));
	assert_non_null(ownfiles_name(text));
	name[most] = 'a';
	name[most + 1] = '\0';
	assert_false(ownfiles_text(name, text));
	assert_false(ownfiles_text("", text));
	assert_false(ownfiles_text("../x.json", text));
}

static void
takes_urls_as_they_are(void **state)
{
	struct fault why = { 0 };
	struct url url;

	(void)state;
	assert_true(ownfiles_parse("https://MUD.example.com/lamp", &url, &why));
	assert_string_equal(url.text, "https://mud.example.com/lamp");
	assert_false(ownfiles_parse("http://mud.example.com/", &url, &why));
	assert_int_equal(why.code, FAULT_NOT_HTTPS);
}

/* ---- the folder ---------------------------------------------------------- */

static void
put(const char *folder, const char *name, size_t size)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(fputc('x', file), 'x');
	assert_int_equal(fclose(file), 0);
}

static void
take_away(const char *folder, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
}

static const struct {
	const char *name;
	size_t size;
	bool is_read;
} files[] = {
	{ "lamp.json", 3, true },
	{ "empty.json", 0, true },
	{ "largest.json", LIMIT_FILE, true },
	{ "too-large.json", LIMIT_FILE + 1, false },
	{ "pending.json", 3, false },
	{ "quarantine.json", 3, false },
	{ "unknown.json", 3, false },
	{ "README.md", 3, false },
	{ ".hidden.json", 3, false },
	{ ".json", 3, false },
	{ "a b.json", 3, false },
};

static void
reads_the_folder(void **state)
{
	char folder[] = "/tmp/ownfiles-XXXXXX", path[512];
	struct materials materials = { .n_own = 0 };
	size_t n = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < LENGTH(files); i++)
		put(folder, files[i].name, files[i].size);
	/* A folder, and a link that leads nowhere: no files. */
	(void)snprintf(path, sizeof(path), "%s/folder.json", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/link.json", folder);
	assert_int_equal(symlink("nowhere", path), 0);
	logged_begin();
	ownfiles_load(&materials, folder);
	assert_int_equal(logged_end(), 4);
	for (size_t i = 0; i < LENGTH(files); i++) {
		const struct own_file *file =
		    ownfiles_find(&materials, files[i].name);

		if ((file != NULL) != files[i].is_read)
			fail_msg("%s", files[i].name);
		n += file != NULL;
		if (file != NULL)
			assert_int_equal(file->size, files[i].size);
		take_away(folder, files[i].name);
	}
	assert_int_equal(materials.n_own, n);
	ownfiles_free(&materials);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/folder.json", folder);
	(void)rmdir(path);
	assert_int_equal(rmdir(folder), 0);
}

/* What is over the bounds is said, and left out. */
static void
bounds_the_folder(void **state)
{
	char folder[] = "/tmp/ownfiles-XXXXXX", name[64];
	struct materials materials = { .n_own = 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < LIMIT_OWN_FILES + 2; i++) {
		(void)snprintf(name, sizeof(name), "f%d.json", i);
		put(folder, name, 1);
	}
	logged_begin();
	ownfiles_load(&materials, folder);
	assert_int_equal(logged_end(), 2);
	assert_int_equal(materials.n_own, LIMIT_OWN_FILES);
	ownfiles_free(&materials);
	for (int i = 0; i < LIMIT_OWN_FILES + 2; i++) {
		(void)snprintf(name, sizeof(name), "f%d.json", i);
		take_away(folder, name);
	}
	assert_int_equal(rmdir(folder), 0);
	materials = (struct materials){ .n_own = 0 };
	logged_begin();
	ownfiles_load(&materials, folder);
	assert_int_equal(logged_end(), 1);
	assert_int_equal(materials.n_own, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_them_from_urls),
		cmocka_unit_test(bounds_the_name),
		cmocka_unit_test(takes_urls_as_they_are),
		cmocka_unit_test(reads_the_folder),
		cmocka_unit_test(bounds_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
