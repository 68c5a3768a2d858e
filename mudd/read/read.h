/*
 * The two jobs of a reader: find mud-signature, or judge and parse a file.
 */
#ifndef READ_READ_H
#define READ_READ_H

#include "core/msg.h"

/*
 * Does the one PEEK or READ that came in and sends its answer:
 *
 *   PEEK  SIGNATURE_AT, or REFUSED
 *   READ  VERDICT; then, if it is good or the READ is approved, REFUSED, or
 *         POLICY_BEGIN, POLICY_TEXT x n, ACE x n, POLICY_END.
 *         REFUSED alone if the descriptors are not what they must be.
 *
 * False: the record is neither, or its texts do not end; nothing was sent.
 * The fds stay in *msg.
 */
bool read_job(struct wire *wire, const struct msg *msg);

#endif
