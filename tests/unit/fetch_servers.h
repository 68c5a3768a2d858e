/*
 * What a fetcher meets, played on the loopback of a network namespace: a name
 * server and an HTTPS server, each a child process.
 */
#ifndef TESTS_UNIT_FETCH_SERVERS_H
#define TESTS_UNIT_FETCH_SERVERS_H

#include <sys/types.h>

#define SERVER_FILE "{\"ietf-mud:mud\":{}}\n"

/*
 * The world: own mounts and network, loopback up, 127.0.0.1 as name server,
 * one line in the hosts file.  Needs root.  Ends the process if it cannot.
 */
void servers_world(void);

/* Answers on UDP 127.0.0.1:53 by its own table. */
pid_t servers_dns(void);

/*
 * HTTPS on ports 443 and 8443, of the names in the table of fetch_servers.c:
 * good.example by a certificate under the CA, others by bad ones.  *pem is
 * the CA's certificate, a new string.
 */
pid_t servers_https(char **pem);

void servers_stop(pid_t pid);

#endif
