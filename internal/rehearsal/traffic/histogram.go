package traffic

import (
	"math/bits"
	"time"
)

// A bucket is as wide as 1/64 of the power of two below it, so that a value read back is at most 1.6 % too large.
const subBits = 6

// histogram counts durations in microseconds, in memory that does not grow with their number. The zero value is empty.
type histogram struct {
	counts [(64 - subBits + 1) << subBits]int
	total  int
	max    time.Duration
}

// add counts a duration. A negative one counts as none.
func (h *histogram) add(d time.Duration) {
	h.counts[bucket(uint64(max(d, 0).Microseconds()))]++
	h.total++
	h.max = max(h.max, d)
}

// percentile is the duration that p percent of those counted do not exceed, 0 if there are none.
func (h *histogram) percentile(p float64) time.Duration {
	rank := max(1, int(float64(h.total)*p/100+0.999999)) // the nearest rank, counted from 1
	seen := 0
	for i, n := range h.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(time.Duration(highest(i))*time.Microsecond, h.max)
		}
	}
	return h.max
}

// bucket is the index of the bucket for v. Up to 2^(subBits+1), each value has one of its own.
func bucket(v uint64) int {
	shift := max(0, bits.Len64(v)-subBits-1)
	return shift<<subBits + int(v>>shift)
}

// highest is the greatest value in a bucket.
func highest(i int) uint64 {
	shift := max(0, i>>subBits-1)
	return uint64(i-shift<<subBits+1)<<shift - 1
}
