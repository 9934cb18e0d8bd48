package topology

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// DocumentVersion is the version of [Document]'s form.
const DocumentVersion = 1

// DocumentParameter is the name of the Systems Manager parameter, in each Region of an application, that holds its [Document].
func DocumentParameter(application string) string { return "/" + application + "/topology" }

// Document is what a failover needs to know of an application. A Systems Manager parameter holds it as JSON in each Region, so
// that whoever moves the application needs one Region only, and neither a template nor a stack.
type Document struct {
	// Version is [DocumentVersion].
	Version int `json:"version"`

	// Application is the application's name.
	Application string `json:"application"`

	// GlobalCluster is the identifier of the Aurora global database.
	GlobalCluster string `json:"globalCluster"`

	// PromoteSeconds is how long a run waits for a promotion before it gives up.
	//
	// Default: 1800.
	PromoteSeconds int `json:"promoteSeconds,omitempty"`

	// Edge is what routes requests.
	Edge Edge `json:"edge"`

	// Regions are the two Regions by home role.
	Regions map[Role]Site `json:"regions"`
}

// Edge is the distribution and the key-value store that says which Region is active.
type Edge struct {
	// StoreArn is the ARN of the key-value store.
	StoreArn string `json:"storeArn"`

	// URL is what clients call, such as https://d111111abcdef8.cloudfront.net, without a slash at its end.
	URL string `json:"url"`

	// HealthPath is the path of a GET request that a function in the active Region answers without authorization.
	HealthPath string `json:"healthPath"`

	// SettleSeconds is how long after a change of the store all of CloudFront's locations are taken to know of it. AWS
	// publishes no figure.
	SettleSeconds int `json:"settleSeconds"`
}

// Site is the application in one Region.
type Site struct {
	// Region is the Region's name, such as us-east-1.
	Region string `json:"region"`

	// ClusterArn is the Region's member of the global database.
	ClusterArn string `json:"clusterArn"`

	// Proxy is the name of the database proxy.
	Proxy string `json:"proxy"`

	// CheckFunction is the name of the function that reads and writes through the proxy as the application does; package
	// regioncheck says how it is asked.
	CheckFunction string `json:"checkFunction"`

	// RequestSeconds is the longest that a request can take in the Region: what is in flight is over after that.
	RequestSeconds int `json:"requestSeconds"`

	// Pipeline is the name of the pipeline that activates the Region.
	Pipeline string `json:"pipeline"`

	// ReportBucket is the bucket in the Region that keeps the reports of runs that activate it.
	ReportBucket string `json:"reportBucket"`
}

// Cluster is the identifier of the site's cluster: the end of its ARN.
func (s Site) Cluster() string { return s.ClusterArn[strings.LastIndexByte(s.ClusterArn, ':')+1:] }

// Other is the other home role.
func (r Role) Other() Role {
	if r == Primary {
		return Secondary
	}
	return Primary
}

// RoleOf is the home role of a Region, and whether it is one of the application's.
func (d Document) RoleOf(region string) (Role, bool) {
	for _, role := range Roles() {
		if d.Regions[role].Region == region {
			return role, true
		}
	}
	return "", false
}

// RoleOfCluster is the home role of a cluster, by its ARN, and whether it is one of the application's.
func (d Document) RoleOfCluster(arn string) (Role, bool) {
	for _, role := range Roles() {
		if d.Regions[role].ClusterArn == arn {
			return role, true
		}
	}
	return "", false
}

// ParseDocument reads a Document. Its error names everything that is missing or malformed.
func ParseDocument(text string) (Document, error) {
	var d Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Document{}, fmt.Errorf("read topology: %w", err)
	}
	return d, d.Validate()
}

var (
	clusterArn = regexp.MustCompile(`^arn:[a-z-]+:rds:([a-z0-9-]+):\d{12}:cluster:[a-z][a-z0-9-]*$`)
	storeArn   = regexp.MustCompile(`^arn:[a-z-]+:cloudfront::\d{12}:key-value-store/[A-Za-z0-9-]+$`)
)

// Validate reports everything that is wrong with the document.
func (d Document) Validate() error {
	if d.Version != DocumentVersion {
		return fmt.Errorf("topology: version must be %d, got %d; use the release of warmstandby that deployed the application", DocumentVersion, d.Version)
	}
	errs := []error{
		required("application", d.Application), required("globalCluster", d.GlobalCluster), d.Edge.validate(),
	}
	if d.PromoteSeconds < 0 {
		errs = append(errs, fmt.Errorf("topology: promoteSeconds must not be negative, got %d", d.PromoteSeconds))
	}
	for _, role := range Roles() {
		errs = append(errs, d.Regions[role].validate("regions."+string(role)))
	}
	if a, b := d.Regions[Primary].Region, d.Regions[Secondary].Region; a == b {
		errs = append(errs, fmt.Errorf("topology: the Regions must differ, both are %q", a))
	}
	return errors.Join(errs...)
}

func (e Edge) validate() error {
	var errs []error
	if !storeArn.MatchString(e.StoreArn) {
		errs = append(errs, fmt.Errorf("topology: edge.storeArn must be the ARN of a key-value store, got %q", e.StoreArn))
	}
	if u, err := url.Parse(e.URL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.HasSuffix(e.URL, "/") {
		errs = append(errs, fmt.Errorf("topology: edge.url must be a URL without a slash at its end, got %q", e.URL))
	}
	if !strings.HasPrefix(e.HealthPath, "/") {
		errs = append(errs, fmt.Errorf("topology: edge.healthPath must begin with a slash, got %q", e.HealthPath))
	}
	if e.SettleSeconds < 0 {
		errs = append(errs, fmt.Errorf("topology: edge.settleSeconds must not be negative, got %d", e.SettleSeconds))
	}
	return errors.Join(errs...)
}

func (s Site) validate(name string) error {
	errs := []error{
		required(name+".region", s.Region), required(name+".proxy", s.Proxy), required(name+".checkFunction", s.CheckFunction),
		required(name+".pipeline", s.Pipeline), required(name+".reportBucket", s.ReportBucket),
	}
	if m := clusterArn.FindStringSubmatch(s.ClusterArn); m == nil || m[1] != s.Region {
		errs = append(errs, fmt.Errorf("topology: %s.clusterArn must be the ARN of a cluster in %s, got %q", name, s.Region, s.ClusterArn))
	}
	if s.RequestSeconds < 1 {
		errs = append(errs, fmt.Errorf("topology: %s.requestSeconds must be 1 or more, got %d", name, s.RequestSeconds))
	}
	return errors.Join(errs...)
}

// required says that a text is missing.
func required(name, text string) error {
	if text == "" {
		return fmt.Errorf("topology: %s is missing", name)
	}
	return nil
}
