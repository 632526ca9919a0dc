/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/account-read.h"
#include "sys/account-trace.h"

#ifdef HAVE_TRACEFS

#include <tracefs.h>
#include <traceevent/kbuffer.h>

/* What it is called in include/ras/ras_event.h, and wherever else it goes. */
static const char dp_event[] = "memory_failure_event";
#define DP_INSTANCE "daxpoison-"
/* One event is some 30 bytes. */
#define DP_TRACE_KB 64

struct dp_tracer {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	struct tep_event *event;
	struct tep_format_field *pfn, *type, *result; /* NULL: it has none */
	/* The numbers last seen, and their strings. */
	unsigned long long type_n, result_n;
	struct dp_account_event last;
	char *system;
	/* The raw buffers, one a CPU, and room for one page of them: opened
	 * once, since they are emptied twice for each case. */
	struct kbuffer *kbuf;
	void *page;
	size_t size;
	int *cpus;
	size_t n_cpus;
	/* When the events of a case took place, each buffer telling its own in
	 * order. */
	unsigned long long when[DP_ACCOUNT_EVENTS];
};

static void dp_tracefs_list_freep(char ***list)
{
	tracefs_list_free(*list);
}

/* The process whose instance has this name; 0: it is none of ours. */
static pid_t dp_trace_owner(const char *name)
{
	const size_t n = strlen(DP_INSTANCE);
	char *end;
	long pid;

	if (strncmp(name, DP_INSTANCE, n) || !isdigit(name[n]))
		return 0;
	pid = strtol(name + n, &end, 10);
	return *end || pid > INT_MAX ? 0 : pid;
}

/* Instances of those that were killed before they could remove them. Not by a
 * regular expression: libtracefs 1.6 never frees what it makes of it. */
static void dp_trace_sweep(void)
{
	_cleanup_(dp_tracefs_list_freep) char **names = tracefs_instances(NULL);

	for (size_t i = 0; names && names[i]; i++) {
		pid_t pid = dp_trace_owner(names[i]);
		struct tracefs_instance *old;

		if (!pid || !kill(pid, 0) || errno != ESRCH)
			continue;
		old = tracefs_instance_alloc(NULL, names[i]);
		if (!old)
			continue;
		tracefs_instance_destroy(old);
		tracefs_instance_free(old);
	}
}

/* The event system that has the event; the caller's to free. */
static char *dp_trace_system(void)
{
	_cleanup_(dp_tracefs_list_freep) char **systems =
		tracefs_event_systems(NULL);

	for (size_t i = 0; systems && systems[i]; i++)
		if (tracefs_event_file_exists(NULL, systems[i], dp_event,
					      "format"))
			return strdup(systems[i]);
	return NULL;
}

/* The format of the one event, and of the pages that it comes in. Not by
 * tracefs_local_events_system(), which reads all of /proc/kallsyms for it: most
 * of the time of a short run, and memory that every child inherits. */
static int dp_trace_format(struct dp_tracer *t)
{
	_cleanup_free_ char *header = NULL, *format = NULL;
	char name[96];
	int size;

	t->tep = tep_alloc();
	if (!t->tep)
		return -ENOMEM;
	tep_set_file_bigendian(t->tep, tep_is_bigendian()
					       ? TEP_BIG_ENDIAN
					       : TEP_LITTLE_ENDIAN);
	tep_set_long_size(t->tep, sizeof(long));
	header = tracefs_instance_file_read(NULL, "events/header_page", &size);
	if (!header ||
	    tep_parse_header_page(t->tep, header, size, sizeof(long)))
		return -EINVAL;
	t->kbuf = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST,
				KBUFFER_ENDIAN_SAME_AS_HOST);
	t->size = sysconf(_SC_PAGESIZE);
	t->page = malloc(t->size);
	if (!t->kbuf || !t->page)
		return -ENOMEM;
	snprintf(name, sizeof(name), "events/%s/%s/format", t->system, dp_event);
	format = tracefs_instance_file_read(NULL, name, &size);
	if (!format || tep_parse_event(t->tep, format, size, t->system))
		return -EINVAL;
	t->event = tep_find_event_by_name(t->tep, t->system, dp_event);
	if (!t->event)
		return -EINVAL;
	t->pfn = tep_find_any_field(t->event, "pfn");
	t->type = tep_find_any_field(t->event, "type");
	t->result = tep_find_any_field(t->event, "result");
	return 0;
}

static int dp_trace_open(struct dp_tracer *t)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	char name[64];
	int fd;

	t->cpus = calloc(dp_max(cpus, 1L), sizeof(*t->cpus));
	if (!t->cpus)
		return -ENOMEM;
	/* A number that has no buffer is that of no CPU. */
	for (long cpu = 0; cpu < cpus; cpu++) {
		snprintf(name, sizeof(name), "per_cpu/cpu%ld/trace_pipe_raw",
			 cpu);
		fd = tracefs_instance_file_open(t->instance, name,
						O_RDONLY | O_NONBLOCK |
							O_CLOEXEC);
		if (fd >= 0)
			t->cpus[t->n_cpus++] = fd;
	}
	return t->n_cpus ? 0 : -ENOENT;
}

static int dp_trace_start(struct dp_tracer *t, const char **step)
{
	char name[sizeof(DP_INSTANCE) + 16];
	int rc;

	*step = "its format cannot be read";
	rc = dp_trace_format(t);
	if (rc)
		return rc;
	*step = "no instance of our own";
	snprintf(name, sizeof(name), DP_INSTANCE "%d", (int)getpid());
	t->instance = tracefs_instance_create(name);
	if (!t->instance)
		return -errno;
	tracefs_instance_set_buffer_size(t->instance, DP_TRACE_KB, -1);
	*step = "its buffers cannot be opened";
	rc = dp_trace_open(t);
	if (rc)
		return rc;
	*step = "it cannot be enabled";
	return tracefs_event_enable(t->instance, t->system, dp_event) ? -errno
								      : 0;
}

struct dp_tracer *dp_tracer_new(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY])
{
	struct dp_tracer *t;
	const char *step, *path;
	int rc;

	/* They would write to stderr what we are told anyway. */
	tracefs_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	if (tracefs_tracing_dir_is_mounted(false, &path) <= 0) {
		dp_account_lacks(missing, DP_SOURCE_TRACE,
				 "tracefs is not mounted (mount -t tracefs nodev /sys/kernel/tracing)");
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (t)
		t->system = dp_trace_system();
	if (!t || !t->system) {
		dp_account_lacks(missing, DP_SOURCE_TRACE,
				 "no event system has %s, or it is not ours to read",
				 dp_event);
		dp_tracer_free(t);
		return NULL;
	}
	dp_trace_sweep();
	rc = dp_trace_start(t, &step);
	if (!rc)
		return t;
	dp_account_lacks(missing, DP_SOURCE_TRACE, "%s:%s: %s: %s", t->system,
			 dp_event, step, strerror(-rc));
	dp_tracer_free(t);
	return NULL;
}

void dp_tracer_free(struct dp_tracer *t)
{
	if (!t)
		return;
	while (t->n_cpus)
		close(t->cpus[--t->n_cpus]);
	free(t->cpus);
	free(t->page);
	kbuffer_free(t->kbuf);
	if (t->instance) {
		tracefs_instance_destroy(t->instance);
		tracefs_instance_free(t->instance);
	}
	tep_free(t->tep);
	free(t->system);
	free(t);
}

/* The string that the event's own print format gives to this field's number. */
static void dp_trace_text(char *buf, size_t size, const struct tep_event *event,
			  const char *field, unsigned long long value)
{
	const struct tep_print_arg *arg;
	const struct tep_print_flag_sym *sym;

	snprintf(buf, size, "%llu", value);
	for (arg = event->print_fmt.args; arg; arg = arg->next) {
		if (arg->type != TEP_PRINT_SYMBOL ||
		    arg->symbol.field->type != TEP_PRINT_FIELD ||
		    strcmp(arg->symbol.field->field.name, field))
			continue;
		for (sym = arg->symbol.symbols; sym; sym = sym->next)
			if (strtoull(sym->value, NULL, 0) == value)
				snprintf(buf, size, "%s", sym->str);
	}
}

/* The string of a field that has one; most often it is the last one again. */
static void dp_trace_string(const struct tep_event *event,
			    struct tep_format_field *field, const char *name,
			    const void *data, char *text, size_t size,
			    unsigned long long *last)
{
	unsigned long long n;

	if (!field || tep_read_number_field(field, data, &n) ||
	    (text[0] && n == *last))
		return;
	dp_trace_text(text, size, event, name, n);
	*last = n;
}

static void dp_trace_take(struct dp_tracer *t, struct tep_record *record,
			  struct dp_series_account *series,
			  struct dp_account *out)
{
	struct dp_account_event *e = &t->last;
	unsigned long long n;
	uint32_t at;

	if (tep_data_type(t->tep, record) != t->event->id)
		return;
	e->pfn = t->pfn && !tep_read_number_field(t->pfn, record->data, &n) ? n
									    : 0;
	dp_trace_string(t->event, t->type, "type", record->data, e->type,
			sizeof(e->type), &t->type_n);
	dp_trace_string(t->event, t->result, "result", record->data, e->result,
			sizeof(e->result), &t->result_n);
	if (series && dp_series_meets(series, e))
		return;
	/* The earliest first, whatever CPU they are of; the last gives way. */
	at = dp_min(out->n_events, (uint32_t)DP_ACCOUNT_EVENTS);
	out->n_events++;
	for (; at && t->when[at - 1] > record->ts; at--) {
		if (at == DP_ACCOUNT_EVENTS)
			continue;
		t->when[at] = t->when[at - 1];
		out->events[at] = out->events[at - 1];
	}
	if (at == DP_ACCOUNT_EVENTS)
		return;
	t->when[at] = record->ts;
	out->events[at] = *e;
}

static void dp_trace_page(struct dp_tracer *t, struct dp_series_account *series,
			  struct dp_account *out)
{
	struct tep_record record = { 0 };

	if (kbuffer_load_subbuffer(t->kbuf, t->page))
		return;
	while ((record.data = kbuffer_read_event(t->kbuf, &record.ts))) {
		record.size = kbuffer_event_size(t->kbuf);
		dp_trace_take(t, &record, series, out);
		kbuffer_next_event(t->kbuf, NULL);
	}
}

/* Reading consumes: what was read before is not seen again. Events go to `out`
 * unless that is NULL. 0 or negative errno. */
static int dp_trace_read(struct dp_tracer *t, struct dp_series_account *series,
			 struct dp_account *out)
{
	ssize_t n;

	for (size_t i = 0; i < t->n_cpus; i++) {
		while ((n = read(t->cpus[i], t->page, t->size)) > 0)
			if (out)
				dp_trace_page(t, series, out);
		if (n < 0 && errno != EAGAIN)
			return -errno;
	}
	return 0;
}

void dp_tracer_begin(struct dp_tracer *t)
{
	dp_trace_read(t, NULL, NULL);
}

void dp_tracer_end(struct dp_tracer *t, struct dp_series_account *series,
		   struct dp_account *out)
{
	snprintf(out->event_system, sizeof(out->event_system), "%s", t->system);
	if (dp_trace_read(t, series, out))
		dp_account_lacks(out->missing, DP_SOURCE_TRACE,
				 "%s:%s: reading it failed", t->system,
				 dp_event);
}

#else

struct dp_tracer *dp_tracer_new(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY])
{
	dp_account_lacks(missing, DP_SOURCE_TRACE,
			 "daxpoison was built without libtracefs");
	return NULL;
}

void dp_tracer_free(struct dp_tracer *t)
{
	(void)t;
}

void dp_tracer_begin(struct dp_tracer *t)
{
	(void)t;
}

void dp_tracer_end(struct dp_tracer *t, struct dp_series_account *series,
		   struct dp_account *out)
{
	(void)t;
	(void)series;
	(void)out;
}

#endif
