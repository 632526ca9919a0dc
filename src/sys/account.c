/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/account.h"
#include "sys/account-pages.h"

static const char *const dp_telling[] = {
	"Memory failure:", "memory failure", "Soft offlining", "MCE:", "mce:",
	/* mm/pgtable-generic.c: an entry that should not be where it is. */
	"bad pgd", "bad p4d", "bad pud", "bad pmd",
	"BUG:", "WARNING:",
};

static int dp_account_open(struct dp_accountant *a, enum dp_source source,
			   const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		dp_account_lacks(a->missing, source, "%s: %s", path,
				 strerror(errno));
	return fd;
}

void dp_accountant_init(struct dp_accountant *a)
{
	*a = (struct dp_accountant){ .root = { .fd = -1 } };
	a->kmsg = dp_account_open(a, DP_SOURCE_LOG, "/dev/kmsg");
	a->kpageflags = dp_account_open(a, DP_SOURCE_KPAGEFLAGS,
					"/proc/kpageflags");
	a->meminfo = dp_account_open(a, DP_SOURCE_HARDWARE_CORRUPTED,
				     "/proc/meminfo");
	dp_rootdir_init(&a->root, NULL);
	a->lists.root = a->root.fd;
	dp_account_nodes_open(&a->nodes, a->root.fd);
	a->tracer = dp_tracer_new(a->missing);
}

void dp_accountant_deinit(struct dp_accountant *a)
{
	if (a->kmsg >= 0)
		close(a->kmsg);
	if (a->kpageflags >= 0)
		close(a->kpageflags);
	if (a->meminfo >= 0)
		close(a->meminfo);
	a->kmsg = a->kpageflags = a->meminfo = -1;
	dp_account_nodes_close(&a->nodes);
	dp_account_lists_close(&a->lists);
	dp_tracer_free(a->tracer);
	a->tracer = NULL;
	dp_rootdir_deinit(&a->root);
}

/* Taken once before, negative, and once after: what is left has grown. */
static void dp_corrupted(struct dp_accountant *a, struct dp_account *out,
			 int sign)
{
	char text[8192], *at = NULL;
	uint64_t kb;

	if (a->meminfo < 0)
		return;
	if (dp_account_reread(a->meminfo, text, sizeof(text)) > 0)
		at = strstr(text, "\nHardwareCorrupted:");
	if (at && sscanf(at, "\nHardwareCorrupted: %" SCNu64, &kb) == 1)
		out->corrupted_kb += sign * (int64_t)kb;
	else
		dp_account_lacks(out->missing, DP_SOURCE_HARDWARE_CORRUPTED,
				 "/proc/meminfo has no HardwareCorrupted");
}

void dp_accountant_begin(struct dp_accountant *a, const struct dp_case *c,
			 struct dp_account *out)
{
	dp_account_reset(out);
	memcpy(out->missing, a->missing, sizeof(out->missing));
	dp_account_nodes_begin(&a->nodes, out);
	dp_account_pages_begin(a->kpageflags, c, out);
	dp_account_lists_begin(&a->lists, c, out);
	dp_corrupted(a, out, -1);
	if (a->tracer)
		dp_tracer_begin(a->tracer);
	if (a->kmsg >= 0 && lseek(a->kmsg, 0, SEEK_END) < 0)
		dp_account_lacks(out->missing, DP_SOURCE_LOG, "/dev/kmsg: %s",
				 strerror(errno));
}

/* One record: "6,339,5140900,-;text\n KEY=value\n". */
static void dp_account_line(struct dp_series_account *series,
			    struct dp_account *out, char *record)
{
	char *text = strchr(record, ';');
	bool telling = false;

	if (!text)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(dp_telling); i++)
		telling |= strstr(text, dp_telling[i]) != NULL;
	if (!telling || (series && dp_series_expects(series, text)))
		return;
	if (out->n_lines < DP_ACCOUNT_LINES)
		snprintf(out->lines[out->n_lines], DP_ACCOUNT_LINE, "%s", text);
	out->n_lines++;
}

/* All records that have not been read yet and come after number `after`. */
static void dp_account_log(struct dp_accountant *a, uint64_t after,
			   struct dp_series_account *series,
			   struct dp_account *out)
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
		if (sscanf(record, "%*u,%" SCNu64, &a->log_end) != 1 ||
		    a->log_end <= after)
			continue;
		out->n_records++;
		dp_account_line(series, out, record);
	}
}

static void dp_accountant_end_rest(struct dp_accountant *a,
				   struct dp_account *out)
{
	dp_corrupted(a, out, 1);
	dp_account_nodes_end(&a->nodes, out);
	dp_account_pages_end(a->kpageflags, out);
	dp_account_lists_end(&a->lists, out);
}

void dp_accountant_end(struct dp_accountant *a, struct dp_account *out)
{
	if (dp_account_has(out, DP_SOURCE_LOG))
		dp_account_log(a, 0, NULL, out);
	if (a->tracer)
		dp_tracer_end(a->tracer, NULL, out);
	dp_accountant_end_rest(a, out);
}

void dp_accountant_skip(const struct dp_accountant *a)
{
	if (a->kmsg >= 0)
		lseek(a->kmsg, 0, SEEK_END);
}

static void dp_account_log_series(struct dp_accountant *a,
				  struct dp_series_account *series,
				  struct dp_account *out)
{
	const struct dp_account *like = &series->pattern->account;
	uint64_t began = a->log_end;

	dp_account_log(a, began, series, out);
	/* As many for each, and none from elsewhere in the pattern's. */
	if (like->n_records && like->n_records == like->n_lines &&
	    a->log_end - began == (uint64_t)series->n * like->n_records)
		return;
	/* More, or fewer: from the oldest record on that there is. */
	if (lseek(a->kmsg, 0, SEEK_SET) < 0)
		return;
	out->n_lines = out->n_records = 0;
	memset(series->lines, 0, sizeof(series->lines));
	dp_account_log(a, began, series, out);
	if (out->n_records < a->log_end - began)
		dp_account_lacks(out->missing, DP_SOURCE_LOG,
				 "/dev/kmsg: records of many injections in a row were overwritten");
}

void dp_accountant_end_series(struct dp_accountant *a,
			      struct dp_series_account *series,
			      struct dp_account *out)
{
	if (dp_account_has(out, DP_SOURCE_LOG))
		dp_account_log_series(a, series, out);
	if (a->tracer)
		dp_tracer_end(a->tracer, series, out);
	dp_accountant_end_rest(a, out);
	dp_series_rest(series, out);
}
