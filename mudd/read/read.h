/*
 * The jobs of a reader: find mud-signature, judge and parse a file, list trust
 * anchors, or judge a Thing's certificate.
 */
#ifndef READ_READ_H
#define READ_READ_H

#include "core/msg.h"

/*
 * Does the one job that came in and sends its answer:
 *
 *   PEEK         SIGNATURE_AT, or REFUSED
 *   READ         VERDICT; then, if it is good or the READ is approved or
 *                shown, REFUSED, or POLICY_BEGIN, POLICY_TEXT x n, ACE x n,
 *                POLICY_END.  REFUSED alone if the descriptors are not what
 *                they must be
 *   ANCHORS      ANCHOR x n, ANCHORS_END; or REFUSED
 *   CERTIFICATE  CERTIFIED, or REFUSED
 *
 * False: the record is none of them, or its texts do not end; nothing was
 * sent.  The fds stay in *msg.
 */
bool read_job(struct wire *wire, const struct msg *msg);

#endif
