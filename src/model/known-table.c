/* SPDX-License-Identifier: GPL-2.0-only */
/* The known deviations that ship: what daxpoison itself found on stock kernels,
 * each with its evidence under contrib/reports. */
#include "model/known.h"

const char *dp_known_default(void)
{
	return "# id\tguarantee\tdeviation\twhere\tsince\treference\n"
	       "devdax-offset-rounded\tmisaligned-offset\twrong-offset\tdevdax/*/attempt/mmap-offset\tseen on 6.1 and 6.12\tcontrib/reports/devdax-offset-rounded.txt\n"
	       "fsdax-mixed-units\tnothing-outside-report\tover-unmap\tfsdax/*/mid/madvise/bystander-*-*\tseen on 6.1 and 6.12\tcontrib/reports/fsdax-mixed-units.txt\n"
	       "fsdax-mixed-views\tnothing-outside-report\tover-unmap\tfsdax/2M/mid/madvise/view-4K\tseen on 6.1 and 6.12\tcontrib/reports/fsdax-mixed-units.txt\n"
	       "xfs-reflink-stale\twhole-report-unmapped\tunder-unmap\tfsdax/2M/mid/madvise/reflink-late\tseen on 6.1 and 6.12\tcontrib/reports/xfs-reflink-stale.txt\n";
}
