package cloudfront

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// Config is what a distribution is made of. All fields are required but the logs, ViewerHTTPS, and those of resources that
// the distribution does not refer to.
type Config struct {
	// ID is the distribution's ID, such as "EDFDVBD632BHDS5".
	ID string
	// DomainName is the distribution's own name, such as "d111111abcdef8.cloudfront.net".
	DomainName string

	// Distribution are the resolved properties of the AWS::CloudFront::Distribution.
	Distribution map[string]any
	// Functions are the resolved properties of each AWS::CloudFront::Function, by its ARN.
	Functions map[string]map[string]any
	// ResponseHeadersPolicies are the resolved properties of each AWS::CloudFront::ResponseHeadersPolicy, by its ID.
	ResponseHeadersPolicies map[string]map[string]any
	// Stores are the contents of each AWS::CloudFront::KeyValueStore, by its ARN. They are read for every request.
	Stores map[string]edgejs.Store

	// Dial connects to an origin, given "http" or "https" and its domain name with the port. The connection that it returns
	// carries HTTP/1.1: a TLS handshake, where one is wanted, is Dial's work. It has to return when ctx is done, which is
	// after the origin's connection timeout.
	Dial func(ctx context.Context, scheme, address string) (net.Conn, error)
	// ViewerHTTPS says that requests without TLS count as HTTPS too, as a rehearsal's on the loopback interface do.
	ViewerHTTPS bool

	// AccessLog receives the access log, one line for each Write. Nil means none.
	AccessLog io.Writer
	// FunctionLog receives what functions log and why they fail, one line for each Write, each beginning with the request's
	// ID, as CloudWatch Logs would have it. Nil means none.
	FunctionLog io.Writer

	// Now is the clock of the access log.
	Now func() time.Time
	// Rand is what request IDs are made of.
	Rand io.Reader
}

// Distribution serves viewers as CloudFront does. It is safe for use by several goroutines.
type Distribution struct {
	id, domainName string
	viewerHTTPS    bool
	via            string      // this edge, as Via headers have it, without the HTTP version
	behaviors      []*behavior // in order of precedence; the default one is the last
	origins        map[string]*origin

	accessLog   *lineWriter
	functionLog *lineWriter
	now         func() time.Time

	randMutex sync.Mutex
	rand      io.Reader
}

// New makes the distribution that cfg describes. The error tells everything that is not modelled, that CloudFront would
// refuse, and that is missing.
func New(cfg Config) (*Distribution, error) {
	var p distributionProperties
	if err := properties.Decode("AWS::CloudFront::Distribution", cfg.Distribution, &p); err != nil {
		return nil, err
	}
	if cfg.Dial == nil || cfg.Now == nil || cfg.Rand == nil {
		return nil, errors.New("a distribution needs Dial, Now and Rand")
	}
	d := &Distribution{
		id:          cfg.ID,
		domainName:  cfg.DomainName,
		viewerHTTPS: cfg.ViewerHTTPS,
		via:         via(cfg.DomainName),
		accessLog:   newLineWriter(cfg.AccessLog),
		functionLog: newLineWriter(cfg.FunctionLog),
		now:         cfg.Now,
		rand:        cfg.Rand,
	}
	if err := errors.Join(p.DistributionConfig.validate(), d.define(cfg, p.DistributionConfig)); err != nil {
		return nil, fmt.Errorf("distribution %s: %w", cfg.ID, err)
	}
	d.accessLog.writeHeader()
	return d, nil
}

// via is what a distribution is called in Via headers, without the HTTP version.
func via(domainName string) string {
	sum := sha256.Sum256([]byte(domainName))
	return hex.EncodeToString(sum[:16]) + ".cloudfront.net (CloudFront)"
}

// define gives d its origins and its cache behaviours.
func (d *Distribution) define(cfg Config, p distributionConfig) error {
	var errs []error
	d.origins = map[string]*origin{}
	targets := map[string]target{}
	for _, o := range p.Origins {
		defined, err := newOrigin(o, cfg.Dial)
		if err != nil {
			errs = append(errs, fmt.Errorf("origin %s: %w", o.ID, err))
			continue
		}
		d.origins[o.ID] = defined
		targets[o.ID] = target{origins: []*origin{defined}}
	}
	for _, g := range p.OriginGroups.Items {
		group, err := newGroup(g, d.origins)
		if err != nil {
			errs = append(errs, fmt.Errorf("origin group %s: %w", g.ID, err))
			continue
		}
		targets[g.ID] = group
	}
	p.DefaultCacheBehavior.PathPattern = "*"
	for _, b := range slices.Concat(p.CacheBehaviors, []behaviorProperties{p.DefaultCacheBehavior}) {
		defined, err := newBehavior(b, cfg, targets)
		if err != nil {
			errs = append(errs, fmt.Errorf("cache behavior %s: %w", b.PathPattern, err))
			continue
		}
		d.behaviors = append(d.behaviors, defined)
	}
	return errors.Join(errs...)
}

// Close closes the idle connections to the origins. Requests that are under way come to their end.
func (d *Distribution) Close() {
	for _, o := range d.origins {
		o.transport.CloseIdleConnections()
	}
}

// newRequestID is an ID as CloudFront makes them: 56 characters that tell nothing.
func (d *Distribution) newRequestID() string {
	var id [40]byte
	d.randMutex.Lock()
	defer d.randMutex.Unlock()
	if _, err := io.ReadFull(d.rand, id[:]); err != nil {
		panic(fmt.Errorf("read randomness for a request ID: %w", err)) // the caller's source is broken for every request
	}
	return base64.URLEncoding.EncodeToString(id[:])
}

// validate reports what is not modelled of a distribution, and what would make CloudFront cache.
func (p distributionConfig) validate() error {
	var errs []error
	refuse := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(!bool(p.Enabled), "Enabled is false, so that nothing is served")
	refuse(bool(p.Staging), "Staging is not modelled")
	refuse(p.DefaultRootObject != "", "DefaultRootObject is not modelled")
	geography := p.Restrictions.GeoRestriction.RestrictionType
	refuse(geography != "" && geography != "none", "GeoRestriction of type %s is not modelled", geography)
	refuse(len(p.Origins) == 0, "Origins must have at least one origin")
	for _, r := range p.CustomErrorResponses {
		refuse(r.ResponsePagePath != "" || r.ResponseCode != 0, "a custom error page for status %d is not modelled", r.ErrorCode)
	}
	for _, status := range cachedErrors {
		refuse(!p.uncached(status),
			"status %d is cached, which is not modelled: CustomErrorResponses must have it with an ErrorCachingMinTTL of 0", status)
	}
	return errors.Join(errs...)
}

// cachedErrors are the statuses that CloudFront caches for 10 seconds unless told otherwise, which is a setting of the
// distribution and not of the cache policy ("Control how long CloudFront caches errors").
var cachedErrors = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestURITooLong,
	http.StatusInternalServerError, http.StatusNotImplemented, http.StatusBadGateway, http.StatusServiceUnavailable,
	http.StatusGatewayTimeout,
}

// uncached reports whether errors of this status are not cached.
func (p distributionConfig) uncached(status int) bool {
	for _, r := range p.CustomErrorResponses {
		if int(r.ErrorCode) == status {
			return r.ErrorCachingMinTTL != nil && *r.ErrorCachingMinTTL == 0
		}
	}
	return false
}
