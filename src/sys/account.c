/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/account.h"

static const char *const dp_telling[] = {
	"Memory failure:", "memory failure", "Soft offlining", "MCE:", "mce:",
	/* mm/pgtable-generic.c: an entry that should not be where it is. */
	"bad pgd", "bad p4d", "bad pud", "bad pmd",
	"BUG:", "WARNING:",
};

void dp_accountant_init(struct dp_accountant *a)
{
	*a = (struct dp_accountant){ .root = { .fd = -1 } };
	a->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	dp_rootdir_init(&a->root, NULL);
}

void dp_accountant_deinit(struct dp_accountant *a)
{
	if (a->kmsg >= 0)
		close(a->kmsg);
	a->kmsg = -1;
	dp_rootdir_deinit(&a->root);
}

/* False: this kernel does not count. */
static bool dp_corrupted(struct dp_accountant *a, uint64_t *kb)
{
	char text[8192], *at;

	if (dp_rootdir_read(&a->root, text, sizeof(text), "proc/meminfo") < 0)
		return false;
	at = strstr(text, "\nHardwareCorrupted:");
	return at && sscanf(at, "\nHardwareCorrupted: %" SCNu64, kb) == 1;
}

void dp_accountant_begin(struct dp_accountant *a)
{
	if (a->kmsg >= 0 && lseek(a->kmsg, 0, SEEK_END) < 0) {
		close(a->kmsg);
		a->kmsg = -1;
	}
	a->have_corrupted = dp_corrupted(a, &a->corrupted_kb);
}

/* One record: "6,339,5140900,-;text\n KEY=value\n". */
static void dp_account_line(struct dp_account *out, char *record)
{
	char *text = strchr(record, ';');
	bool telling = false;

	if (!text)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(dp_telling); i++)
		telling |= strstr(text, dp_telling[i]) != NULL;
	if (!telling)
		return;
	if (out->n_lines < DP_ACCOUNT_LINES)
		snprintf(out->lines[out->n_lines], DP_ACCOUNT_LINE, "%s", text);
	out->n_lines++;
}

static void dp_account_log(struct dp_accountant *a, struct dp_account *out)
{
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(a->kmsg, record, sizeof(record) - 1);
		/* EPIPE: records were overwritten before we came to them;
		 * the next read goes on with the oldest there is. */
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		dp_account_line(out, record);
	}
}

void dp_accountant_end(struct dp_accountant *a, struct dp_account *out)
{
	uint64_t kb = 0;

	*out = (struct dp_account){ .have_log = a->kmsg >= 0 };
	if (out->have_log)
		dp_account_log(a, out);
	out->have_corrupted = a->have_corrupted && dp_corrupted(a, &kb);
	if (out->have_corrupted)
		out->corrupted_kb = kb - a->corrupted_kb;
}
