package traffic

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramAgainstSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 10, 99, 100, 5000} {
		var h histogram
		var all []time.Duration
		for range n {
			d := time.Duration(random.ExpFloat64() * float64(20*time.Millisecond)).Truncate(time.Microsecond)
			h.add(d)
			all = append(all, d)
		}
		slices.Sort(all)
		for _, p := range []float64{50, 90, 99, 100} {
			exact := all[(n*int(p)+99)/100-1]
			got := h.percentile(p)
			if got < exact || float64(got) > float64(exact)*1.016+float64(time.Microsecond) {
				t.Errorf("p%v of %d: got %v, exact is %v", p, n, got, exact)
			}
		}
		if h.max != all[n-1] || h.total != n {
			t.Errorf("max %v of %d, want %v of %d", h.max, h.total, all[n-1], n)
		}
	}
}

func TestHistogramBuckets(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 63, 64, 127, 128, 129, 130, 255, 256, 1 << 20, 1<<63 - 1, 1<<64 - 1} {
		i := bucket(v)
		if i < last || highest(i) < v || i > 0 && highest(i-1) >= v {
			t.Errorf("%d is in bucket %d, whose highest is %d", v, i, highest(i))
		}
		last = i
	}
	if last != len(histogram{}.counts)-1 {
		t.Errorf("the last bucket is %d, want %d", last, len(histogram{}.counts)-1)
	}
}

func TestHistogramEmptyAndNegative(t *testing.T) {
	var h histogram
	if got := h.percentile(99); got != 0 {
		t.Errorf("empty: %v", got)
	}
	h.add(-time.Second)
	if got := h.percentile(99); got != 0 {
		t.Errorf("negative: %v", got)
	}
}
