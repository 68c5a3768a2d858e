/*
 * Ends of bodies.  Role: fetcher.  Input: response headers and TLS alerts,
 * hostile.
 */
#include "fetch/whole.h"

#include <strings.h>

static bool
begins(const char *line, size_t len, const char *with, size_t with_len)
{
	return len >= with_len && strncasecmp(line, with, with_len) == 0;
}

#define BEGINS(line, len, with) begins(line, len, with, sizeof(with) - 1)

void
whole_note(struct whole *whole, const char *line, size_t len)
{
	if (BEGINS(line, len, "HTTP/"))
		whole->is_delimited = false;
	else if (BEGINS(line, len, "content-length:") ||
		 BEGINS(line, len, "transfer-encoding:"))
		whole->is_delimited = true;
}

/* value: of an alert, its level and then its description. */
static void
on_info(const SSL *ssl, int where, int value)
{
	struct whole *whole = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (whole != NULL && where == SSL_CB_READ_ALERT &&
	    (value & 0xff) == SSL3_AD_CLOSE_NOTIFY)
		whole->is_closed = true;
}

static void
let_go(struct whole *whole)
{
	if (whole->context == NULL)
		return;
	SSL_CTX_set_app_data(whole->context, NULL);
	SSL_CTX_free(whole->context);
	whole->context = NULL;
}

void
whole_watch(struct whole *whole, SSL_CTX *context)
{
	let_go(whole);
	/* Only an overflow of the count makes this fail. */
	if (SSL_CTX_up_ref(context) != 1)
		return;
	whole->context = context;
	SSL_CTX_set_app_data(context, whole);
	SSL_CTX_set_info_callback(context, on_info);
}

void
whole_done(struct whole *whole)
{
	let_go(whole);
	*whole = (struct whole){ 0 };
}

bool
whole_is(const struct whole *whole)
{
	return whole->is_delimited || whole->is_closed;
}
