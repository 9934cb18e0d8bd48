package topology

// Keys of the edge's key-value store. The function at the edge reads the first two; the lease is between those who move the
// application.
const (
	// ActiveKey holds the home role of the active Region. While it is missing, the primary is active.
	ActiveKey = "active"

	// FenceKey stops writes while it exists, whatever its value.
	FenceKey = "fence"

	// LeaseKey holds the lease of the run that moves the application.
	LeaseKey = "lease"
)

// Headers by which the way of a request can be followed.
const (
	// RoutedRegionHeader is the request header that tells an API which Region the edge chose. Its name cannot begin with
	// "x-edge-", which CloudFront keeps for itself.
	RoutedRegionHeader = "x-routed-region"

	// ServedRegionHeader is the response header that names the Region that served.
	ServedRegionHeader = "X-Served-Region"

	// FencedHeader is the response header of a write that the edge refused because of the fence.
	FencedHeader = "x-write-fence"
)
