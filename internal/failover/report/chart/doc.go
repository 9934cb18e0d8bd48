// Package chart draws what happened over a time as one SVG image: lanes, one below the other, that share a time axis, and marks
// that cross them all.
//
// A [Chart] has lanes of four kinds: [Areas] for amounts that add up, [Lines] for measurements, [States] for what was the case, and
// [Bars] for what was done. The image has no colours of its own. Its elements have classes, for which the page around it has
// rules; what must be told apart differs in its pattern or dashes, too, and has its name beside it. Everything that is written into
// the image is escaped.
//
// A page can have one such image, because the patterns have fixed names.
package chart
