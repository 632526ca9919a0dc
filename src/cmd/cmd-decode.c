/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cmd/command.h"
#include "out/decode.h"

enum {
	OPT_CODE = 256,
	OPT_ADDR,
	OPT_LSB,
	OPT_MAP,
	OPT_KIND,
	OPT_LOG,
	OPT_CORE,
};

static const struct dp_option dp_decode_rows[] = {
	{ OPT_CODE, "code", "AR|AO|NUMBER", "si_code of the signal, by name or number" },
	{ OPT_ADDR, "addr", "ADDRESS", "its si_addr" },
	{ OPT_LSB, "lsb", "NUMBER", "its si_addr_lsb" },
	{ OPT_MAP, "map", "START-END:OFFSET[:PATH]", "what was mapped, as in /proc/PID/maps; may be repeated" },
	{ OPT_KIND, "kind", "devdax|fsdax", "what the memory is" },
	{ OPT_LOG, "log", "FILE", "read a kernel log; - is standard input" },
	{ OPT_CORE, "core", "FILE", "read the signal from a core file; - is standard input" },
	{ 0, NULL, NULL, NULL },
};

/* More than any kernel keeps; a longer one can be cut. */
#define DP_LOG_MAX (64 * DP_MIB)

struct dp_decode_args {
	struct dp_told told;
	bool has_code, has_addr, has_lsb;
	struct dp_mapped *maps;
	size_t n_maps;
	const char *log, *core;
};

static int dp_decode_code(struct dp_decode_args *a, const char *arg,
			  struct dp_why *why)
{
	static const int codes[] = { BUS_ADRALN, BUS_ADRERR, BUS_OBJERR,
				     BUS_MCEERR_AR, BUS_MCEERR_AO };
	unsigned int n;

	a->has_code = true;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const char *name = dp_signal_code_name(codes[i]);

		/* BUS_MCEERR_AR, MCEERR_AR, AR */
		for (const char *p = name; p; p = strchr(p, '_')) {
			p += *p == '_';
			if (strcmp(p, arg))
				continue;
			a->told.signal.code = codes[i];
			return 0;
		}
	}
	if (dp_parse_uint(arg, 0, INT32_MAX, &n, NULL))
		return dp_why(why, -EINVAL,
			      "'%s' is no si_code of SIGBUS; expected BUS_MCEERR_AR, BUS_MCEERR_AO or a number",
			      arg);
	a->told.signal.code = n;
	return 0;
}

/* Hex as in /proc/PID/maps, with or without 0x. The rest of the text. */
static const char *dp_decode_hex(const char *text, uint64_t *n)
{
	size_t skip = text[0] == '0' && (text[1] | 32) == 'x' ? 2 : 0;
	size_t digits = strspn(text + skip, "0123456789abcdefABCDEF");

	if (!digits || digits > 16)
		return NULL;
	*n = strtoull(text + skip, NULL, 16);
	return text + skip + digits;
}

static int dp_decode_map(struct dp_decode_args *a, const char *arg,
			 struct dp_why *why)
{
	struct dp_mapped m = { 0 }, *maps;
	const char *p;

	p = dp_decode_hex(arg, &m.start);
	p = p && *p == '-' ? dp_decode_hex(p + 1, &m.end) : NULL;
	p = p && *p == ':' ? dp_decode_hex(p + 1, &m.offset) : NULL;
	if (!p || (*p && *p != ':'))
		return dp_why(why, -EINVAL,
			      "'%s' is no mapping; expected START-END:OFFSET in hex, as in /proc/PID/maps",
			      arg);
	if (m.start >= m.end)
		return dp_why(why, -EINVAL, "'%s' ends before it starts", arg);
	if (*p)
		snprintf(m.path, sizeof(m.path), "%s", p + 1);
	maps = reallocarray(a->maps, a->n_maps + 1, sizeof(*maps));
	if (!maps)
		return -ENOMEM;
	a->maps = maps;
	maps[a->n_maps++] = m;
	return 0;
}

static int dp_decode_option(struct dp_decode_args *a, int id, const char *arg,
			    struct dp_why *why)
{
	const char *end;
	unsigned int n;
	int rc;

	switch (id) {
	case OPT_CODE:
		return dp_decode_code(a, arg, why);
	case OPT_ADDR:
		a->has_addr = true;
		end = dp_decode_hex(arg, &a->told.signal.addr);
		if (end && !*end)
			return 0;
		return dp_why(why, -EINVAL, "'%s' is no address; expected hex",
			      arg);
	case OPT_LSB:
		a->has_lsb = true;
		rc = dp_parse_uint(arg, 0, INT16_MAX, &n, why);
		a->told.signal.lsb = rc ? 0 : n;
		return rc;
	case OPT_MAP:
		return dp_decode_map(a, arg, why);
	case OPT_KIND:
		a->told.kind = dp_kind_from_name(arg);
		return a->told.kind != DP_KIND_DEVDAX &&
				       a->told.kind != DP_KIND_FSDAX
			       ? dp_why(why, -EINVAL,
					"'%s' is not a kind; expected devdax or fsdax",
					arg)
			       : 0;
	case OPT_LOG:
		a->log = arg;
		return 0;
	case OPT_CORE:
		a->core = arg;
		return 0;
	}
	return -EINVAL;
}

static int dp_decode_parse(struct dp_decode_args *a,
			   struct dp_globals *globals, int argc, char **argv)
{
	struct dp_options o;
	int id, rc;

	if (dp_options_init(&o, &dp_cmd_decode, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		struct dp_why why = { "" };

		rc = dp_decode_option(a, id, o.arg, &why);
		if (!rc)
			continue;
		for (const struct dp_option *r = dp_decode_rows; r->id; r++)
			if (r->id == id)
				dp_usage(&dp_cmd_decode, "--%s: %s", r->name,
					 dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&o);
	return id;
}

/* At most `max` bytes of a file onto *data, which is NULL before. Their number,
 * or negative errno; *data is the caller's in any case. */
static ssize_t dp_decode_slurp(const char *name, size_t max, uint8_t **data,
			       struct dp_why *why)
{
	bool is_stdin = !strcmp(name, "-");
	_cleanup_close_ int fd = -1;
	size_t used = 0, room = 0;
	uint8_t *more;
	ssize_t n;

	fd = is_stdin ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return dp_why(why, -errno, "cannot open '%s': %s", name,
			      strerror(errno));
	while (used < max) {
		if (used == room) {
			room = room ? 2 * room : 65536;
			more = realloc(*data, room);
			if (!more)
				return -ENOMEM;
			*data = more;
		}
		n = read(fd, *data + used, dp_min(room, max) - used);
		if (!n)
			break;
		if (n < 0 && errno != EINTR)
			return dp_why(why, -errno, "cannot read '%s': %s",
				      name, strerror(errno));
		if (n > 0)
			used += n;
	}
	return used;
}

static int dp_decode_show(const struct dp_globals *globals,
			  const struct dp_decoding *d)
{
	int rc;

	rc = globals->json ? dp_decode_print_json(stdout, d)
			   : dp_decode_print(stdout, d);
	if (!rc)
		return DP_EXIT_HELD;
	dp_error("decode: %s", strerror(-rc));
	return DP_EXIT_FAILED;
}

static int dp_decode_log(const struct dp_globals *globals,
			 const struct dp_decode_args *a)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct dp_decoding d = { .log = NULL };
	struct dp_why why = { "" };
	struct dp_klog log;
	int rc, status;
	ssize_t n;

	n = dp_decode_slurp(a->log, DP_LOG_MAX, &data, &why);
	rc = n < 0 ? (int)n
		   : dp_klog_read(&log, (char *)data, n, a->told.page);
	if (rc) {
		dp_error("decode: %s", dp_why_text(&why, rc));
		return DP_EXIT_NOT_JUDGED;
	}
	if (n == DP_LOG_MAX)
		dp_warn("only the first %d MiB of '%s' were read",
			(int)(DP_LOG_MAX / DP_MIB), a->log);
	d.log = &log;
	if (log.n) {
		status = dp_decode_show(globals, &d);
	} else {
		dp_error("decode: none of the %llu lines of '%s' is about failing memory",
			 (unsigned long long)log.lines, a->log);
		status = DP_EXIT_NOT_JUDGED;
	}
	dp_klog_deinit(&log);
	return status;
}

/* What the core says, in place of --code, --addr and --lsb. */
static int dp_decode_take_core(struct dp_decode_args *a, struct dp_core *core,
			       struct dp_why *why)
{
	if (!core->have_siginfo)
		return dp_why(why, -ENODATA, "it has no siginfo note (NT_SIGINFO)");
	if (core->signo != SIGBUS)
		return dp_why(why, -ENOENT, "its process ended by signal %d (%s), not SIGBUS",
			      core->signo, strsignal(core->signo));
	a->told.signal.code = core->code;
	a->told.signal.addr = core->addr;
	a->told.signal.lsb = core->lsb;
	if (!a->n_maps) {
		a->told.maps = core->maps;
		a->told.n_maps = core->n_maps;
	}
	return 0;
}

static int dp_decode_core(const struct dp_globals *globals,
			  struct dp_decode_args *a)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct dp_core core = { .maps = NULL };
	struct dp_decoding d = { .told = &a->told, .core = &core };
	struct dp_why why = { "" };
	int rc, status = DP_EXIT_NOT_JUDGED;
	ssize_t n;

	n = dp_decode_slurp(a->core, DP_CORE_HEAD, &data, &why);
	rc = n < 0 ? (int)n : dp_core_read(&core, data, n, &why);
	if (!rc)
		rc = dp_decode_take_core(a, &core, &why);
	if (rc)
		dp_error("decode: '%s': %s", a->core, dp_why_text(&why, rc));
	else
		status = dp_decode_show(globals, &d);
	dp_core_deinit(&core);
	return status;
}

static int dp_decode_any(struct dp_globals *globals, struct dp_decode_args *a)
{
	struct dp_decoding d = { .told = &a->told };
	bool given = a->has_code || a->has_addr || a->has_lsb;

	if (given + !!a->log + !!a->core != 1)
		return dp_usage(&dp_cmd_decode,
				"one of --log, --core, or --code with --addr and --lsb");
	if (given && !(a->has_code && a->has_addr && a->has_lsb))
		return dp_usage(&dp_cmd_decode,
				"--code, --addr and --lsb belong together");
	if (globals->ktap)
		return dp_usage(&dp_cmd_decode,
				"--ktap: there is nothing to run here");
	a->told.maps = a->maps;
	a->told.n_maps = a->n_maps;
	if (a->log)
		return dp_decode_log(globals, a);
	if (a->core)
		return dp_decode_core(globals, a);
	return dp_decode_show(globals, &d);
}

static int dp_run_decode(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_decode_args a = {
		.told = { .kind = -1, .page = sysconf(_SC_PAGESIZE) },
	};
	int rc;

	rc = dp_decode_parse(&a, globals, argc, argv);
	if (rc == DP_OPTIONS_DONE)
		rc = DP_EXIT_HELD;
	else if (rc == DP_OPTIONS_USAGE)
		rc = DP_EXIT_USAGE;
	else if (argc > optind)
		rc = dp_usage(&dp_cmd_decode, "takes no operands");
	else
		rc = dp_decode_any(globals, &a);
	free(a.maps);
	return rc;
}

const struct dp_command dp_cmd_decode = {
	.name = "decode",
	.summary = "explain a SIGBUS after the fact, from its numbers, a log or a core",
	.operands = "",
	.options = dp_decode_rows,
	.run = dp_run_decode,
};
