package awssim

import (
	"encoding/xml"
	"time"
)

// Distribution is a CloudFront distribution.
type Distribution struct {
	ID           string
	ARN          string
	DomainName   string
	Status       string // InProgress until the edge serves Config, then Deployed
	LastModified time.Time
	ETag         string
	Config       DistributionConfig

	// Served is the configuration that the edge serves by, ServedETag its version, and ServedModified when it was asked for.
	Served         DistributionConfig
	ServedETag     string
	ServedModified time.Time

	deployed time.Time // when the last change is, or was
}

// DistributionConfig is what a distribution's owner decides. Its fields, and those of the types below, are named and shown as
// in the CloudFront API reference. Left out is what no template of ours sets: trusted signers, field-level encryption,
// Lambda@Edge, legacy forwarding, access logs of the legacy kind, geographic restrictions.
type DistributionConfig struct {
	CallerReference      string              `xml:"CallerReference"`
	Aliases              Items[CNAME]        `xml:"Aliases"`
	DefaultRootObject    string              `xml:"DefaultRootObject"`
	Origins              Items[Origin]       `xml:"Origins"`
	OriginGroups         Items[OriginGroup]  `xml:"OriginGroups"`
	DefaultCacheBehavior CacheBehavior       `xml:"DefaultCacheBehavior"`
	CacheBehaviors       Items[PathBehavior] `xml:"CacheBehaviors"`
	CustomErrorResponses Items[ErrorPage]    `xml:"CustomErrorResponses"`
	Comment              string              `xml:"Comment"`
	PriceClass           string              `xml:"PriceClass"`
	Enabled              bool                `xml:"Enabled"`
	ViewerCertificate    ViewerCertificate   `xml:"ViewerCertificate"`
	WebACLID             string              `xml:"WebACLId"`
	HTTPVersion          string              `xml:"HttpVersion"`
	IPv6                 bool                `xml:"IsIPV6Enabled"`
}

// Origin is where a distribution gets its answers from.
type Origin struct {
	ID                 string        `xml:"Id"`
	DomainName         string        `xml:"DomainName"`
	OriginPath         string        `xml:"OriginPath"`
	CustomHeaders      Items[Header] `xml:"CustomHeaders"`
	CustomOrigin       *CustomOrigin `xml:"CustomOriginConfig,omitempty"`
	ConnectionAttempts int           `xml:"ConnectionAttempts"`
	ConnectionTimeout  int           `xml:"ConnectionTimeout"` // seconds
}

// CustomOrigin says how to talk to an origin that is not a bucket.
type CustomOrigin struct {
	HTTPPort         int                `xml:"HTTPPort"`
	HTTPSPort        int                `xml:"HTTPSPort"`
	ProtocolPolicy   string             `xml:"OriginProtocolPolicy"`
	SSLProtocols     Items[SSLProtocol] `xml:"OriginSslProtocols"`
	ReadTimeout      int                `xml:"OriginReadTimeout"`      // seconds
	KeepaliveTimeout int                `xml:"OriginKeepaliveTimeout"` // seconds
}

// Header is a header that CloudFront adds to what it sends to an origin.
type Header struct {
	Name  string `xml:"HeaderName"`
	Value string `xml:"HeaderValue"`
}

// OriginGroup is an origin and another one that is asked if it fails.
type OriginGroup struct {
	ID          string             `xml:"Id"`
	StatusCodes Items[StatusCode]  `xml:"FailoverCriteria>StatusCodes"`
	Members     Items[GroupMember] `xml:"Members"`
}

// GroupMember is an origin in a group.
type GroupMember struct {
	OriginID string `xml:"OriginId"`
}

// CacheBehavior is how requests are served.
type CacheBehavior struct {
	TargetOriginID          string                     `xml:"TargetOriginId"`
	ViewerProtocolPolicy    string                     `xml:"ViewerProtocolPolicy"`
	AllowedMethods          AllowedMethods             `xml:"AllowedMethods"`
	SmoothStreaming         bool                       `xml:"SmoothStreaming"`
	Compress                bool                       `xml:"Compress"`
	FunctionAssociations    Items[FunctionAssociation] `xml:"FunctionAssociations"`
	CachePolicyID           string                     `xml:"CachePolicyId,omitempty"`
	OriginRequestPolicyID   string                     `xml:"OriginRequestPolicyId,omitempty"`
	ResponseHeadersPolicyID string                     `xml:"ResponseHeadersPolicyId,omitempty"`
}

// PathBehavior is how requests for paths of a pattern are served.
type PathBehavior struct {
	PathPattern string `xml:"PathPattern"`
	CacheBehavior
}

// AllowedMethods are the methods that are passed on, and those whose answers are cached.
type AllowedMethods struct {
	Quantity int           `xml:"Quantity"`
	Methods  []Method      `xml:"Items>Method"`
	Cached   Items[Method] `xml:"CachedMethods"`
}

// NewAllowedMethods returns the methods with their number.
func NewAllowedMethods(cached []Method, allowed ...Method) AllowedMethods {
	return AllowedMethods{Quantity: len(allowed), Methods: allowed, Cached: NewItems(cached...)}
}

// FunctionAssociation attaches a CloudFront Function.
type FunctionAssociation struct {
	FunctionARN string `xml:"FunctionARN"`
	EventType   string `xml:"EventType"`
}

// ErrorPage is what is served in place of an origin's error.
type ErrorPage struct {
	ErrorCode          int    `xml:"ErrorCode"`
	ResponsePagePath   string `xml:"ResponsePagePath"`
	ResponseCode       string `xml:"ResponseCode"`
	ErrorCachingMinTTL int    `xml:"ErrorCachingMinTTL"` // seconds
}

// ViewerCertificate is the certificate that viewers see.
type ViewerCertificate struct {
	CloudFrontDefault      bool   `xml:"CloudFrontDefaultCertificate"`
	ACMCertificateARN      string `xml:"ACMCertificateArn,omitempty"`
	SSLSupportMethod       string `xml:"SSLSupportMethod,omitempty"`
	MinimumProtocolVersion string `xml:"MinimumProtocolVersion"`
}

// Elements of lists that are no structs.
type (
	// CNAME is a domain name of the distribution's owner.
	CNAME string
	// Method is an HTTP method.
	Method string
	// SSLProtocol is a version of TLS.
	SSLProtocol string
	// StatusCode is an HTTP status.
	StatusCode int
)

func (CNAME) element() string               { return "CNAME" }
func (Method) element() string              { return "Method" }
func (SSLProtocol) element() string         { return "SslProtocol" }
func (StatusCode) element() string          { return "StatusCode" }
func (Origin) element() string              { return "Origin" }
func (Header) element() string              { return "OriginCustomHeader" }
func (OriginGroup) element() string         { return "OriginGroup" }
func (GroupMember) element() string         { return "OriginGroupMember" }
func (PathBehavior) element() string        { return "CacheBehavior" }
func (FunctionAssociation) element() string { return "FunctionAssociation" }
func (ErrorPage) element() string           { return "CustomErrorResponse" }

// Items is a list as CloudFront shows it: its length, then its elements, each named by its type.
type Items[T interface{ element() string }] []T

// NewItems returns the list of the values.
func NewItems[T interface{ element() string }](values ...T) Items[T] { return values }

// MarshalXML writes Quantity, and Items unless the list is empty.
func (l Items[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	list := struct {
		Quantity int
		Items    *wrapped[T] `xml:"Items,omitempty"`
	}{Quantity: len(l)}
	if len(l) > 0 {
		w := wrapped[T](l)
		list.Items = &w
	}
	return e.EncodeElement(list, start)
}

// wrapped is the part of a list below Items.
type wrapped[T interface{ element() string }] []T

// MarshalXML writes each element under its type's name.
func (w wrapped[T]) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, v := range w {
		if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: v.element()}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// CreateDistribution stores a distribution. It fills in id, ARN, domain name unless there is one, status, date and version.
func (s *State) CreateDistribution(d Distribution) Distribution {
	d.ID = "E" + s.newID(13, upper)
	d.ARN = "arn:aws:cloudfront::" + s.account + ":distribution/" + d.ID
	if d.DomainName == "" {
		d.DomainName = "d" + s.newID(13, lower) + ".cloudfront.net"
	}
	d.Status = Deployed
	d.LastModified = s.Now()
	d.ETag = "E" + s.newID(13, upper)
	d.Served, d.ServedETag = d.Config, d.ETag
	s.Distributions.Put(d.ID, d)
	return d
}
