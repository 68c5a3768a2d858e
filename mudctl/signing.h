/*
 * The commands about signatures that need neither daemon nor root.
 */
#ifndef MUDCTL_SIGNING_H
#define MUDCTL_SIGNING_H

struct options;

/* Functions of the command table, as those of validate.h. */

/* verify FILE SIG --trust CA [--trust CA]... [--mudsigner CERT] [--at TIME];
 * each CA a file of PEM. */
int signing_verify(int argc, char **argv, const struct options *options);

/* sign FILE --cert C --key K [--passin SOURCE] [--intermediate I]...
 * [-o FILE.p7s]. */
int signing_sign(int argc, char **argv, const struct options *options);

#endif
