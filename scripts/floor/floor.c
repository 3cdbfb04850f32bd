// The floor of a relay on this machine: what receiving and sending each packet costs a program that does nothing else. It takes offers and answers by
// rtpengine's ng protocol (as much of it as the load generator speaks), has a connected socket per party, and writes sequence number, timestamp and SSRC
// anew. It answers to nobody else and is no part of the server.
//
// floor PORT [PUMP]: control on 127.0.0.1:PORT, media from port 34000 on; packets are relayed as they come, or every PUMP microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CALLS = 4000, MEDIA = 34000, NAME = 64, LEG_BUFFER = 64 << 10 };

struct leg {
	int fd, other; // the leg that its packets go to
	uint16_t seq;
	uint32_t ts, ssrc;
};

static struct leg legs[2 * MAX_CALLS];
static char names[MAX_CALLS][NAME];
static int calls, epoll;

static void die(const char *what) {
	perror(what);
	exit(1);
}

static struct sockaddr_in at(int port) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return a;
}

static int bound(int port) {
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = LEG_BUFFER, tos = 46 << 2;
	struct sockaddr_in a = at(port);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0) die("floor: socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
	return fd;
}

static void watch(int fd, uint32_t key) {
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = key};
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0) die("floor: epoll");
}

// value copies a string of a bencoded dictionary, by its key as it stands there ("7:call-id").
static int value(const char *text, const char *key, char *out, size_t size) {
	const char *p = strstr(text, key);
	if (!p) return 0;
	char *end;
	size_t n = strtoul(p + strlen(key), &end, 10);
	if (*end != ':' || n >= size || strlen(end + 1) < n) return 0;
	memcpy(out, end + 1, n);
	out[n] = 0;
	return 1;
}

static int find(const char *name, int make) {
	for (int i = 0; i < calls; i++)
		if (!strcmp(names[i], name)) return i;
	if (!make || calls == MAX_CALLS) return -1;
	strcpy(names[calls], name);
	for (int side = 0; side < 2; side++) {
		int i = 2 * calls + side;
		legs[i] = (struct leg){.fd = bound(MEDIA + 2 * i), .other = i ^ 1, .seq = rand(), .ts = rand(), .ssrc = rand()};
		watch(legs[i].fd, i + 1);
	}
	return calls++;
}

// control answers one message: the caller's offer gets the callee's port, and the other way round.
static void control(int fd) {
	char text[4096], id[NAME], what[16], body[1024], reply[2048], sdp[1024];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size);
	if (n <= 0) return;
	text[n] = 0;
	char *cookie_end = strchr(text, ' ');
	if (!cookie_end || !value(cookie_end, "7:command", what, sizeof what)) return;
	int answer = !strcmp(what, "answer"), port = 0;
	n = sprintf(reply, "%.*s d6:result2:oke", (int)(cookie_end - text), text);
	if (answer || !strcmp(what, "offer")) {
		int call = value(cookie_end, "7:call-id", id, sizeof id) ? find(id, !answer) : -1;
		if (call < 0 || !value(cookie_end, "3:sdp", body, sizeof body)) return;
		char *media = strstr(body, "m=audio ");
		if (!media || sscanf(media, "m=audio %d", &port) != 1) return;
		struct sockaddr_in peer = at(port);
		if (connect(legs[2 * call + answer].fd, (struct sockaddr *)&peer, sizeof peer) < 0) die("floor: connect");
		int len = snprintf(sdp, sizeof sdp, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d%s",
			MEDIA + 2 * (2 * call + !answer), strchr(media + strlen("m=audio "), ' '));
		n = sprintf(reply, "%.*s d6:result2:ok3:sdp%d:%se", (int)(cookie_end - text), text, len, sdp);
	}
	sendto(fd, reply, n, 0, (struct sockaddr *)&from, size);
}

// relay sends one packet on.
static void relay(struct leg *in) {
	uint8_t b[2048];
	ssize_t n = recv(in->fd, b, sizeof b, MSG_DONTWAIT);
	if (n < 12) return;
	struct leg *out = &legs[in->other];
	uint16_t seq = htons(ntohs(*(uint16_t *)(b + 2)) + out->seq);
	uint32_t ts = htonl(ntohl(*(uint32_t *)(b + 4)) + out->ts);
	memcpy(b + 2, &seq, 2);
	memcpy(b + 4, &ts, 4);
	memcpy(b + 8, &out->ssrc, 4);
	send(out->fd, b, n, MSG_DONTWAIT);
}

int main(int argc, char **argv) {
	if (argc < 2) {
		fprintf(stderr, "usage: floor PORT [PUMP]\n");
		return 2;
	}
	long pump = argc > 2 ? atol(argv[2]) * 1000 : 0;
	epoll = epoll_create1(0);
	int fd = bound(atoi(argv[1]));
	watch(fd, 0);
	struct timespec next;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		struct epoll_event events[256];
		int n = epoll_wait(epoll, events, 256, pump ? 0 : -1);
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32)
				relay(&legs[events[i].data.u32 - 1]);
			else
				control(fd);
		}
		if (n > 0 || !pump) continue;
		next.tv_nsec += pump;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR) {
		}
	}
}
