package codec

// Largest logarithms of the scales.
const (
	maxLow  = 18432
	maxHigh = 22528
)

// g722Tables are the numbers of G.722. Nobody writes to them once they are made.
type g722Tables struct {
	stepLow   [16]int32             // how the scale's logarithm changes, by code (tables 6 and 7)
	stepHigh  [4]int32              //
	inverse4  [16]int32             // what a code stands for in units of the scale, by its upper four bits
	inverse6  [64]int32             // by all of its six
	inverse2  [4]int32              // of the upper band
	decision  [32]int32             // where the lower band's quantiser goes over to the next code
	codes     [2][32]byte           // code by decision, for positive and negative differences
	scaleLow  [maxLow>>6 + 1]int32  // scale by the upper bits of its logarithm
	scaleHigh [maxHigh>>6 + 1]int32 //
}

func newG722Tables() *g722Tables {
	t := &g722Tables{
		stepLow:  [16]int32{-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60},
		stepHigh: [4]int32{798, -214, 798, -214},
		inverse4: [16]int32{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0},
		inverse6: [64]int32{
			-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
			-7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
			24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
			4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
		},
		inverse2: [4]int32{-7408, -1616, 7408, 1616},
		decision: [32]int32{
			0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714,
			786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919, 1 << 16, 1 << 16,
		},
	}
	for i := range int32(len(t.codes[0])) { // the larger the difference, the smaller the code
		t.codes[0][i] = byte(61 - i)
		t.codes[1][i] = byte(33 - i)
	}
	t.codes[1][0], t.codes[1][1] = 63, 62
	for i := range t.scaleLow {
		t.scaleLow[i] = scale(i, 8)
	}
	for i := range t.scaleHigh {
		t.scaleHigh[i] = scale(i, 10)
	}
	return t
}

// scale is a band's scale by the upper bits of its logarithm to base 2: five of them are behind the point (table 11, 12).
func scale(log, shift int) int32 {
	mantissa := [32]int32{
		2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
		2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
	}
	x := mantissa[log&31]
	if shift -= log >> 5; shift < 0 {
		return x << -shift << 2
	}
	return x >> shift << 2
}

// g722 is computed once.
var g722 = newG722Tables()
