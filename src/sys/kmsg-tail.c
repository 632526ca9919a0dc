/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/kmsg-tail.h"

/* Beside the device's name. jbd2 calls a journal by the device, too. */
static const char *const dp_kmsg_words[] = {
	"emory failure", "MCE:", "mce:", "JBD2:", "journal_load_superblock",
	"BUG:", "WARNING:", "blocked for more than",
};

int dp_kmsg_tail_open(void)
{
	_cleanup_close_ int fd =
		open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static bool dp_kmsg_tells(const char *line, const char *device)
{
	bool tells = strstr(line, device) != NULL;

	for (size_t i = 0; i < ARRAY_SIZE(dp_kmsg_words); i++)
		tells |= strstr(line, dp_kmsg_words[i]) != NULL;
	return tells;
}

void dp_kmsg_tail_read(int fd, const char *device,
		       void (*each)(const char *line, void *arg), void *arg)
{
	char record[8192], *text;
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		/* EPIPE: records were overwritten; the next read goes on. */
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		if (dp_kmsg_tells(text, device))
			each(text, arg);
	}
}
