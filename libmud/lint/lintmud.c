/*
 * The container.  Role: mudctl, and the reader while
 * somebody listens.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/lint/lintmud.h"

#include <string.h>
#include <strings.h>

#include "libmud/date.h"
#include "libmud/form/yang.h"
#include "libmud/lint/lintext.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
	CACHE_ADVISED = 24,   /* RFC 8520 s3.5 */
	SYSTEMINFO_SHOWN = 60 /* s3.7 */
};

/* Clocks of makers and gateways may be that far apart. */
#define SLACK_SEC (24 * 3600)

#define KIND(severity, code, clause)                                           \
	{                                                                      \
		severity, code, clause, false, false                           \
	}

/* The leaf of that name, if it is a text. */
static const char *
text_of(const struct json_at *mud, const char *name, struct json_at *at)
{
	return json_find(mud, name, at) ? json_string_value(at->value) : NULL;
}

static void
judge_version(const struct json_at *mud, struct findings *to)
{
	static const struct finding_kind other = { FINDING_ERROR,
		FAULT_MUD_VERSION, "RFC 8520 s3.1 (M-VER-1)", false, true };
	struct json_at at;

	if (json_find(mud, "mud-version", &at) && json_is_integer(at.value) &&
	    json_integer_value(at.value) != 1)
		findings_add(to, &other, &at, "Write \"mud-version\": 1.",
		    "version %" JSON_INTEGER_FORMAT ", but only 1 is defined",
		    json_integer_value(at.value));
}

/* *url is filled, and true returned, if it is a MUD URL. */
static bool
judge_url(const struct json_at *mud, struct url *url, struct findings *to)
{
	static const struct finding_kind http =
	    KIND(FINDING_ERROR, FAULT_NOT_HTTPS, "RFC 8520 s6 (M-URL-1)");
	static const struct finding_kind odd = KIND(FINDING_WARNING,
	    FAULT_URL_FORBIDDEN, "RFC 8520 s3.2, s6 (M-MURL-1, M-URL-6)");
	static const struct finding_kind form =
	    KIND(FINDING_INFO, FAULT_UNADVISED, "RFC 8520 s6 (M-URL-6)");
	struct json_at at;
	const char *text = text_of(mud, "mud-url", &at);
	struct fault why;

	if (text == NULL)
		return false;
	if (!url_parse(text, url, &why)) {
		findings_add(to,
		    strncasecmp(text, "https://", 8) == 0 ? &odd : &http, &at,
		    "Write the https URL at which this file is published.",
		    "no MUD URL: %s", why.detail);
		return false;
	}
	if (strcmp(url->text, text) != 0)
		findings_add(to, &form, &at,
		    "Write the URL in its normal form; others compare it byte "
		    "by byte.",
		    "not in normal form, which is %s", url->text);
	return true;
}

static void
judge_signature(
    const struct json_at *mud, const struct url *url, struct findings *to)
{
	static const struct finding_kind none =
	    KIND(FINDING_WARNING, FAULT_UNSIGNED, "RFC 8520 s13.2 (M-SIG-12)");
	static const struct finding_kind odd =
	    KIND(FINDING_WARNING, FAULT_SIGNATURE_URL, "RFC 8520 s13.2 (S-26)");
	struct json_at at;
	const char *text;
	struct fault why;
	struct url found;

	if (!json_find(mud, "mud-signature", &at)) {
		findings_add(to, &none, mud,
		    "Add \"mud-signature\" with the URL of the signature, sign "
		    "the file with `mudctl sign` and publish both; for "
		    "unsigned files an administrator is asked first.",
		    "no mud-signature");
		return;
	}
	text = json_string_value(at.value);
	if (text == NULL || url == NULL)
		return;
	if (!url_resolve(url, text, &found, &why))
		findings_add(to, &odd, &at,
		    "Write the https URL of the signature.",
		    "no URL that a signature can be fetched from: %s",
		    why.detail);
	else if (!url_same_authority(url, &found))
		findings_add(to, &odd, &at,
		    "Publish the signature on the host and port of mud-url.",
		    "on another host or port (%s) than mud-url", found.host);
}

/* yang:date-and-time asks for digits alone, so that February may have 30
 * days; date_parse counts on. */
static bool
is_real_day(const char *text)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	const int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 +
	                 (text[2] - '0') * 10 + (text[3] - '0');
	const int month = (text[5] - '0') * 10 + (text[6] - '0');
	const int day = (text[8] - '0') * 10 + (text[9] - '0');
	const bool is_leap =
	    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2 && !is_leap)
		return day <= 28;
	return day <= days[month - 1];
}

static void
judge_update(const struct json_at *mud, int64_t now, struct findings *to)
{
	static const struct finding_kind unreal = { FINDING_ERROR,
		FAULT_MALFORMED, "RFC 8520 s3.4 (M-LU-1)", false, true };
	static const struct finding_kind future =
	    KIND(FINDING_WARNING, FAULT_FROM_FUTURE, "RFC 8520 s3.4 (M-LU-1)");
	struct json_at at;
	const char *text = text_of(mud, "last-update", &at);
	int64_t seconds;

	/* What has another shape breaks the schema. */
	if (text == NULL || !yang_is_date(text))
		return;
	if (!date_parse(text, &seconds)) {
		findings_add(to, &unreal, &at,
		    "Write when the file was made, such as "
		    "\"2026-01-15T10:32:28Z\".",
		    "no such time: %s", text);
	} else if (!is_real_day(text)) {
		findings_add(to, &unreal, &at,
		    "Write when the file was made, such as "
		    "\"2026-01-15T10:32:28Z\".",
		    "no such day: %s", text);
	} else if (now != 0 && seconds > now + SLACK_SEC) {
		findings_add(to, &future, &at,
		    "Write when the file was made; managers hold a file from "
		    "the future.",
		    "in the future: %s", text);
	}
}

static void
judge_validity(const struct json_at *mud, struct findings *to)
{
	static const struct finding_kind brief =
	    KIND(FINDING_WARNING, FAULT_UNADVISED, "RFC 8520 s3.5 (M-CV-2)");
	struct json_at at;

	if (json_find(mud, "cache-validity", &at) &&
	    json_is_integer(at.value) && json_integer_value(at.value) > 0 &&
	    json_integer_value(at.value) < CACHE_ADVISED)
		findings_add(to, &brief, &at,
		    "Write 24 hours or more, at most 168; 48 is what holds "
		    "without it.",
		    "%" JSON_INTEGER_FORMAT
		    " hours, but 24 or more are recommended",
		    json_integer_value(at.value));
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static void
judge_systeminfo(const struct json_at *mud, struct findings *to)
{
	static const struct finding_kind kind =
	    KIND(FINDING_WARNING, FAULT_TOO_LONG, "RFC 8520 s3.7 (M-SI-1)");
	static const struct finding_kind control =
	    KIND(FINDING_WARNING, FAULT_UNADVISED, "RFC 8520 s3.7 (M-SI-1)");
	struct json_at at;
	const char *text = text_of(mud, "systeminfo", &at);

	if (text == NULL)
		return;
	if (yang_length(text) > SYSTEMINFO_SHOWN)
		findings_add(to, &kind, &at,
		    "Say in 60 characters what the Thing is; the rest may be "
		    "cut off. \"documentation\" leads to more.",
		    "%zu characters, but 60 are shown", yang_length(text));
	/* Of those that YANG has no place for schema.h tells. */
	if (yang_is_text(text) && has_control(text))
		findings_add(to, &control, &at, "Write one line of text.",
		    "control characters in a text for people");
}

static void
judge_texts(const struct json_at *mud, struct findings *to)
{
	static const struct finding_kind unnamed =
	    KIND(FINDING_INFO, FAULT_UNADVISED, "RFC 8520 s3.8");
	static const struct finding_kind revision =
	    KIND(FINDING_INFO, FAULT_UNADVISED, "RFC 8520 s3.8 (M-REV-1)");
	static const struct finding_kind help =
	    KIND(FINDING_WARNING, FAULT_UNADVISED, "RFC 8520 s7 (M-DOC-1)");
	static const char *const revisions[] = { "firmware-rev",
		"software-rev" };
	struct json_at at;
	const char *text;

	if (!json_find(mud, "mfg-name", &at))
		findings_add(to, &unnamed, mud,
		    "Add \"mfg-name\", which administrators are shown.",
		    "no mfg-name");
	for (size_t i = 0; i < COUNT(revisions); i++)
		if (json_find(mud, revisions[i], &at))
			findings_add(to, &revision, &at,
			    "Leave it out if the Thing can be upgraded while "
			    "its MUD URL stays the same.",
			    "%s stays true only where an upgrade brings "
			    "another MUD URL",
			    revisions[i]);
	text = text_of(mud, "documentation", &at);
	if (text != NULL && strncasecmp(text, "https://", 8) != 0 &&
	    strncasecmp(text, "http://", 7) != 0)
		findings_add(to, &help, &at,
		    "Write the https URL of a page for administrators.",
		    "no URL that a browser opens: %s", text);
}

/* The missing direction is closed, not open. */
static void
judge_policies(const struct json_at *mud, struct findings *to)
{
	static const struct finding_kind none =
	    KIND(FINDING_WARNING, FAULT_UNADVISED, "RFC 8520 s3.3 (M-DEF-5)");
	static const struct finding_kind one =
	    KIND(FINDING_INFO, FAULT_UNADVISED, "RFC 8520 s3.3 (M-POL-3)");
	struct json_at at;
	const bool has_from = json_find(mud, "from-device-policy", &at);
	const bool has_to = json_find(mud, "to-device-policy", &at);

	if (!has_from && !has_to)
		findings_add(to, &none, mud,
		    "Add \"from-device-policy\" and \"to-device-policy\", with "
		    "the ACLs that they name, if the Thing needs more.",
		    "no policy: the Thing gets DNS and NTP alone");
	else if (!has_from || !has_to)
		findings_add(to, &one, mud,
		    "Nothing, if that is meant; else add it, with the ACLs that "
		    "it names.",
		    "no %s-device-policy: what is not a reply is denied there",
		    has_from ? "to" : "from");
}

void
lintmud_judge(const struct json_at *top, int64_t now, struct findings *to)
{
	struct json_at mud;
	struct url url;
	bool has_url;

	if (!json_find(top, "ietf-mud:mud", &mud))
		return;
	judge_version(&mud, to);
	has_url = judge_url(&mud, &url, to);
	judge_signature(&mud, has_url ? &url : NULL, to);
	judge_update(&mud, now, to);
	judge_validity(&mud, to);
	judge_systeminfo(&mud, to);
	judge_texts(&mud, to);
	judge_policies(&mud, to);
	lintext_judge(top, to);
}
