/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/cleanup.h"
#include "vm/vmlinux.h"

#define DP_VMLINUX_MAX (512 * DP_MIB)	/* larger than any */
#define DP_NOTE_PHYS32_ENTRY 18	/* include/xen/interface/elfnote.h */

/* A stretch of memory, mapped. */
struct dp_bytes {
	unsigned char *p;
	size_t n;
};

#ifdef HAVE_LZMA
static bool dp_unpack_xz(const struct dp_bytes *from, struct dp_bytes *to)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret rc;

	if (lzma_stream_decoder(&s, 256 * DP_MIB, 0) != LZMA_OK)
		return false;
	s.next_in = from->p;
	s.avail_in = from->n;
	s.next_out = to->p;
	s.avail_out = to->n;
	rc = lzma_code(&s, LZMA_RUN);
	lzma_end(&s);
	return rc == LZMA_STREAM_END && !s.avail_out;
}
#endif

#ifdef HAVE_ZSTD
static bool dp_unpack_zstd(const struct dp_bytes *from, struct dp_bytes *to)
{
	size_t n = ZSTD_findFrameCompressedSize(from->p, from->n);

	return !ZSTD_isError(n) &&
	       ZSTD_decompress(to->p, to->n, from->p, n) == to->n;
}
#endif

static const struct {
	const char *name;
	const char *magic;
	size_t magic_size;
	bool (*unpack)(const struct dp_bytes *from, struct dp_bytes *to);
} dp_packings[] = {
#ifdef HAVE_LZMA
	{ "xz", "\xfd" "7zXZ", 5, dp_unpack_xz },
#endif
#ifdef HAVE_ZSTD
	{ "zstd", "\x28\xb5\x2f\xfd", 4, dp_unpack_zstd },
#endif
	{ NULL, "", 0, NULL },
};

static uint32_t dp_le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The compressed kernel in a boot image: Documentation/arch/x86/boot.rst,
 * payload_offset and payload_length. The last four bytes of every payload are
 * the size that it unpacks to. */
static int dp_find_payload(const struct dp_bytes *image, struct dp_bytes *packed,
			   size_t *size, struct dp_why *why)
{
	uint64_t at, n;

	if (image->n < 0x250 || image->p[0x206] + image->p[0x207] * 256 < 0x208)
		return dp_why(why, -ENOTSUP, "its boot protocol is too old");
	at = ((image->p[0x1f1] ? image->p[0x1f1] : 4) + 1) * 512ULL +
	     dp_le32(image->p + 0x248);
	n = dp_le32(image->p + 0x24c);
	if (n < 8 || at + n > image->n)
		return dp_why(why, -EBADMSG, "its payload is cut off");
	packed->p = image->p + at;
	packed->n = n;
	*size = dp_le32(packed->p + n - 4);
	if (!*size || *size > DP_VMLINUX_MAX)
		return dp_why(why, -EBADMSG, "its payload has no sane size");
	return 0;
}

/* Notes of one segment. */
static bool dp_notes_have_pvh(const unsigned char *p, size_t n)
{
	Elf64_Nhdr note;
	uint64_t name, desc;

	while (n >= sizeof(note)) {
		memcpy(&note, p, sizeof(note));
		name = dp_align_up(note.n_namesz, 4);
		desc = dp_align_up(note.n_descsz, 4);
		if (sizeof(note) + name + desc > n)
			return false;
		if (note.n_type == DP_NOTE_PHYS32_ENTRY &&
		    note.n_namesz == 4 && !memcmp(p + sizeof(note), "Xen", 4))
			return true;
		p += sizeof(note) + name + desc;
		n -= sizeof(note) + name + desc;
	}
	return false;
}

bool dp_vmlinux_has_pvh(const unsigned char *elf, size_t size)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;
	uint64_t at;

	if (size < sizeof(head))
		return false;
	memcpy(&head, elf, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_phentsize != sizeof(part))
		return false;
	for (unsigned int i = 0; i < head.e_phnum; i++) {
		at = head.e_phoff + i * sizeof(part);
		if (head.e_phoff > size || at + sizeof(part) > size)
			return false;
		memcpy(&part, elf + at, sizeof(part));
		if (part.p_type != PT_NOTE || part.p_offset > size ||
		    part.p_filesz > size - part.p_offset)
			continue;
		if (dp_notes_have_pvh(elf + part.p_offset, part.p_filesz))
			return true;
	}
	return false;
}

static int dp_unpack(const struct dp_bytes *packed, struct dp_bytes *elf,
		     struct dp_why *why)
{
	size_t i;

	for (i = 0; dp_packings[i].name; i++)
		if (!memcmp(packed->p, dp_packings[i].magic,
			    dp_packings[i].magic_size))
			break;
	if (!dp_packings[i].name)
		return dp_why(why, -ENOTSUP, "its compression is not known");
	if (!dp_packings[i].unpack(packed, elf))
		return dp_why(why, -EBADMSG, "its %s payload is damaged",
			      dp_packings[i].name);
	if (!dp_vmlinux_has_pvh(elf->p, elf->n))
		return dp_why(why, -ENOTSUP, "it has no PVH entry");
	return 0;
}

int dp_vmlinux_unpack(int bzimage, struct dp_why *why)
{
	_cleanup_close_ int fd = memfd_create("vmlinux", MFD_CLOEXEC);
	struct dp_bytes image, packed, elf;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(bzimage, &st))
		return -errno;
	image.n = st.st_size;
	image.p = mmap(NULL, image.n, PROT_READ, MAP_PRIVATE, bzimage, 0);
	if (image.p == MAP_FAILED)
		return -errno;
	rc = dp_find_payload(&image, &packed, &elf.n, why);
	if (!rc && ftruncate(fd, elf.n))
		rc = -errno;
	if (!rc) {
		elf.p = mmap(NULL, elf.n, PROT_READ | PROT_WRITE, MAP_SHARED,
			     fd, 0);
		rc = elf.p == MAP_FAILED ? -errno : 0;
	}
	if (!rc) {
		rc = dp_unpack(&packed, &elf, why);
		munmap(elf.p, elf.n);
	}
	munmap(image.p, image.n);
	return rc ? rc : TAKE_FD(fd);
}
