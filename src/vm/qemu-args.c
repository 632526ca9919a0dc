/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "vm/qemu.h"

void dp_argv_add(struct dp_argv *a, const char *fmt, ...)
{
	char *text = NULL, **v;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	v = realloc(a->v, (a->n + 2) * sizeof(*v));
	if (v)
		a->v = v;
	if (!v || !text) {
		a->failed = true;
		free(text);
		return;
	}
	v[a->n++] = text;
	v[a->n] = NULL;
}

void dp_argv_deinit(struct dp_argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct dp_argv){ .v = NULL };
}

static void dp_add_pmem(struct dp_argv *a, const struct dp_qemu_config *config,
			const struct dp_qemu_names *names)
{
	for (size_t i = 0; i < config->n_pmem; i++) {
		const struct dp_pmem_spec *spec = &config->pmem[i];
		uint64_t align = dp_pmem_spec_phys_align(spec);
		uint64_t size = spec->size + DP_PMEM_LABELS;

		dp_argv_add(a, "-object");
		dp_argv_add(a,
			    "memory-backend-file,id=m%zu,share=on,mem-path=%s%d,size=%llu,align=%llu",
			    i, names->pmem, names->pmem_number[i],
			    (unsigned long long)size,
			    (unsigned long long)align);
		dp_argv_add(a, "-device");
		dp_argv_add(a, "nvdimm,id=nv%zu,memdev=m%zu,label-size=%llu", i,
			    i, DP_PMEM_LABELS);
	}
}

/* Room in the guest's physical address space: what is plugged is aligned, and
 * QEMU itself counts one more gigabyte for each slot. */
static uint64_t dp_max_memory(const struct dp_qemu_config *config)
{
	uint64_t sum = dp_align_up(config->memory, DP_GIB);

	for (size_t i = 0; i < config->n_pmem; i++)
		sum += dp_align_up(config->pmem[i].size, DP_GIB) + 2 * DP_GIB;
	return sum;
}

static void dp_add_machine(struct dp_argv *a,
			   const struct dp_qemu_config *config)
{
	bool kvm = config->accel == DP_ACCEL_KVM;

	dp_argv_add(a, DP_QEMU_PROGRAM);
	dp_argv_add(a, "-nodefaults");
	dp_argv_add(a, "-no-user-config");
	dp_argv_add(a, "-display");
	dp_argv_add(a, "none");
	dp_argv_add(a, "-no-reboot");
	dp_argv_add(a, "-machine");
	dp_argv_add(a, "q35,accel=%s,nvdimm=%s,usb=off,vmport=off",
		    kvm ? "kvm" : "tcg", config->n_pmem ? "on" : "off");
	/* Machine checks that can be recovered from exist on Intel only. */
	dp_argv_add(a, "-cpu");
	dp_argv_add(a, kvm ? "host"
			   : "max,vendor=GenuineIntel,family=6,model=85");
	/* Two CPUs in TCG trip over the kernel patching its own code. */
	dp_argv_add(a, "-smp");
	dp_argv_add(a, "1");
	dp_argv_add(a, "-m");
	if (config->n_pmem)
		dp_argv_add(a, "%lluM,slots=%zu,maxmem=%lluM",
			    (unsigned long long)(config->memory / DP_MIB),
			    config->n_pmem,
			    (unsigned long long)(dp_max_memory(config) /
						 DP_MIB));
	else
		dp_argv_add(a, "%lluM",
			    (unsigned long long)(config->memory / DP_MIB));
}

/* Quiet, since printing to an emulated UART takes longer than booting. The
 * mitigations and self-tests cost a second where code is translated, and have
 * no part in what is measured. Nor have random addresses: QEMU 7.2 finds code that
 * it has translated by where it lies, so that each program started would have all
 * of it, its libraries too, translated again, and slow down what comes after. */
static const char dp_kernel_args[] =
	"console=ttyS0 panic=-1 quiet loglevel=1 8250.nr_uarts=1 "
	"i8042.noaux i8042.nokbd cryptomgr.notests mitigations=off "
	"norandmaps";

static void dp_add_boot(struct dp_argv *a, const struct dp_qemu_config *config,
			const struct dp_qemu_names *names)
{
	dp_argv_add(a, "-kernel");
	dp_argv_add(a, "%s", names->kernel);
	dp_argv_add(a, "-initrd");
	dp_argv_add(a, "%s", names->initrd);
	dp_argv_add(a, "-append");
	dp_argv_add(a, "%s%s%s", dp_kernel_args, config->append ? " " : "",
		    config->append ? config->append : "");
}

static void dp_add_ports(struct dp_argv *a, const struct dp_qemu_names *names)
{
	dp_argv_add(a, "-chardev");
	dp_argv_add(a, "%s,id=console", names->console);
	dp_argv_add(a, "-serial");
	dp_argv_add(a, "chardev:console");
	dp_argv_add(a, "-chardev");
	dp_argv_add(a, "%s,id=channel", names->channel);
	dp_argv_add(a, "-device");
	dp_argv_add(a, "virtio-serial-pci,max_ports=2");
	dp_argv_add(a, "-device");
	dp_argv_add(a, "virtserialport,chardev=channel,name=daxpoison");
	if (!names->monitor[0])
		return;
	dp_argv_add(a, "-chardev");
	dp_argv_add(a, "%s,id=monitor", names->monitor);
	dp_argv_add(a, "-mon");
	dp_argv_add(a, "chardev=monitor,mode=control");
}

void dp_qemu_args(struct dp_argv *a, const struct dp_qemu_config *config,
		  const struct dp_qemu_names *names)
{
	dp_add_machine(a, config);
	dp_add_pmem(a, config, names);
	dp_add_boot(a, config, names);
	dp_add_ports(a, names);
}
