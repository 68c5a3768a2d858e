/*
 * Varlink messages.  Role: engine.  Input: at most LIMIT_REQUEST bytes from a
 * local user whom the socket's credentials name; not trusted further.
 */
#include "engine/control/varlink.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

#define SERVICE "org.varlink.service"

/* docs/org.mudd.Manager.varlink, line by line; made by docs/docs.mk. */
static const char *const description[] = {
#include "mudd/engine/description.inc"
};

static const char service_description[] =
    "# What every varlink service answers.\n"
    "interface org.varlink.service\n"
    "\n"
    "method GetInfo() -> (\n"
    "  vendor: string,\n"
    "  product: string,\n"
    "  version: string,\n"
    "  url: string,\n"
    "  interfaces: []string\n"
    ")\n"
    "\n"
    "method GetInterfaceDescription(interface: string) ->"
    " (description: string)\n"
    "\n"
    "error InterfaceNotFound (interface: string)\n"
    "error MethodNotFound (method: string)\n"
    "error MethodNotImplemented (method: string)\n"
    "error InvalidParameter (parameter: string)\n"
    "error ExpectedMore ()\n";

/* A member that is true, false, or not there. */
static bool
take_flag(const json_t *message, const char *name, bool *flag)
{
	const json_t *member = json_object_get(message, name);

	if (member != NULL && !json_is_boolean(member))
		return false;
	*flag = json_is_true(member);
	return true;
}

/* "org.mudd.Manager.Status": an interface, a dot, a method. */
static bool
take_method(const json_t *message, struct varlink_request *request)
{
	const char *name =
	    json_string_value(json_object_get(message, "method"));
	const char *dot = name == NULL ? NULL : strrchr(name, '.');

	if (dot == NULL || dot == name || dot[1] == '\0' ||
	    strlen(name) >= VARLINK_METHOD)
		return false;
	memcpy(request->interface, name, (size_t)(dot - name));
	request->interface[dot - name] = '\0';
	text_copy(request->method, sizeof(request->method), dot + 1);
	return true;
}

bool
varlink_parse(const char *text, size_t len, struct varlink_request *request)
{
	json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	struct varlink_request fresh = { .parameters = NULL };
	json_t *parameters;
	bool good;

	good = json_is_object(message) && take_method(message, &fresh) &&
	       take_flag(message, "oneway", &fresh.oneway) &&
	       take_flag(message, "more", &fresh.more) &&
	       take_flag(message, "upgrade", &fresh.upgrade);
	parameters = json_object_get(message, "parameters");
	if (parameters == NULL || json_is_null(parameters))
		fresh.parameters = json_object();
	else
		fresh.parameters = json_incref(parameters);
	json_decref(message);
	if (!good || !json_is_object(fresh.parameters) ||
	    json_object_size(fresh.parameters) > VARLINK_PARAMETERS) {
		json_decref(fresh.parameters);
		return false;
	}
	*request = fresh;
	return true;
}

void
varlink_done(struct varlink_request *request)
{
	json_decref(request->parameters);
	request->parameters = NULL;
}

static char *
write_answer(const char *error, bool continues, json_t *parameters, size_t *len)
{
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII;
	json_t *message = json_object();
	char *text;
	size_t size;

	if (error != NULL)
		(void)json_object_set_new(message, "error", json_string(error));
	if (continues)
		(void)json_object_set_new(message, "continues", json_true());
	(void)json_object_set_new(message, "parameters",
	    parameters == NULL ? json_object() : parameters);
	text = json_dumps(message, flags);
	json_decref(message);
	size = text == NULL ? 0 : strlen(text) + 1;
	if (text == NULL || size > LIMIT_REPLY) {
		free(text);
		return NULL;
	}
	*len = size;
	return text;
}

char *
varlink_answer(const char *error, json_t *parameters, size_t *len)
{
	return write_answer(error, false, parameters, len);
}

char *
varlink_continue(json_t *parameters, size_t *len)
{
	return write_answer(NULL, true, parameters, len);
}

char *
varlink_description(void)
{
	const size_t n = sizeof(description) / sizeof(description[0]);
	size_t len = 0, at = 0;
	char *text;

	for (size_t i = 0; i < n; i++)
		len += strlen(description[i]);
	text = xcalloc(len + 1, 1);
	for (size_t i = 0; i < n; i++) {
		size_t part = strlen(description[i]);

		memcpy(text + at, description[i], part);
		at += part;
	}
	return text;
}

bool
varlink_is_service(const struct varlink_request *request)
{
	return strcmp(request->interface, SERVICE) == 0;
}

static json_t *
describe(const char *interface)
{
	json_t *answer = NULL;
	char *text;

	if (strcmp(interface, SERVICE) == 0)
		return json_pack("{s:s}", "description", service_description);
	if (strcmp(interface, VARLINK_INTERFACE) == 0) {
		text = varlink_description();
		answer = json_pack("{s:s}", "description", text);
		free(text);
	}
	return answer;
}

void
varlink_service(const struct varlink_request *request, const char *version,
    const char **error, json_t **answer)
{
	const char *interface;

	*error = NULL;
	if (strcmp(request->method, "GetInfo") == 0) {
		*answer = json_pack("{s:s, s:s, s:s, s:s, s:[s,s]}", "vendor",
		    "mudd", "product", "mudd, a MUD manager (RFC 8520)",
		    "version", version, "url", "", "interfaces", SERVICE,
		    VARLINK_INTERFACE);
		return;
	}
	if (strcmp(request->method, "GetInterfaceDescription") != 0) {
		*error = VARLINK_METHOD_NOT_FOUND;
		*answer = json_pack("{s:s}", "method", request->method);
		return;
	}
	interface = json_string_value(
	    json_object_get(request->parameters, "interface"));
	if (interface == NULL) {
		*error = VARLINK_INVALID_PARAMETER;
		*answer = json_pack("{s:s}", "parameter", "interface");
		return;
	}
	*answer = describe(interface);
	if (*answer == NULL) {
		*error = VARLINK_INTERFACE_NOT_FOUND;
		*answer = json_pack("{s:s}", "interface", interface);
	}
}
