// Package endpoints says where a rehearsal's parts can be reached, and with which credentials. The rehearsal tells it to
// people, to programs (as a JSON file) and to its own scenarios, which know nothing else of it.
package endpoints

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Endpoints are the addresses of one running rehearsal. Its JSON form is what the command writes to the file of --endpoints.
// All maps have a Region's name, such as us-east-1, as their key; both Regions are in each of them.
type Endpoints struct {
	// Edge is the distribution's URL without a slash at its end, so that a request goes to Edge + "/v1?id=1".
	Edge string `json:"edge"`

	// API is the URL of each Region's own API with its stage and without a slash at its end, so that a request goes to
	// API[region] + "/v1?id=1".
	API map[string]string `json:"api"`

	// Token is the whole URL of each Region's token endpoint.
	Token map[string]string `json:"token"`

	// Clients are who may ask each Region's token endpoint for a token.
	Clients map[string]Client `json:"clients"`

	// AWS is the endpoint of all services and Regions.
	AWS AWS `json:"aws"`

	// Database has each Region's database endpoints.
	Database map[string]Database `json:"database"`
}

// Client is a confidential client of a user pool.
type Client struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// AWS is an address that speaks the wire protocols of AWS, and the operator's credentials for it. Service and Region are those
// of a request's signature.
type AWS struct {
	Endpoint        string `json:"endpoint"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// Database has the addresses of one Region's cluster and proxy, each as host:port.
type Database struct {
	// Writer is the cluster's endpoint, which writes if the Region is active.
	Writer string `json:"writer"`

	// Reader is the cluster's reader endpoint.
	Reader string `json:"reader"`

	// Proxy is the default endpoint of the database proxy.
	Proxy string `json:"proxy"`
}

// WriteFile writes e as JSON to the file at path, which is there as a whole or not at all. Only its owner may read it, because
// it has credentials in it.
func (e Endpoints) WriteFile(path string) error {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the endpoints: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write the endpoints: %w", err)
	}
	_, err = temporary.Write(append(text, '\n'))
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // the error that led here says more
		return fmt.Errorf("write the endpoints: %w", err)
	}
	return nil
}

// Application is what is rehearsed, as far as one must know it to call its functions by name.
type Application struct {
	// Name is the first part of every name, such as ToDoMgmt.
	Name string `json:"name"`

	// Primary and Secondary are the Regions by home role. The primary is active unless the two have changed places.
	Primary   string `json:"primary"`
	Secondary string `json:"secondary"`
}

// Regions are both Regions, the primary first.
func (a Application) Regions() []string { return []string{a.Primary, a.Secondary} }

// Function is the name of one of the application's functions in a Region. The functions' own names are those of package
// topology, such as [topology.GetToDosFunction].
func (a Application) Function(region, function string) string {
	role := topology.Primary
	if region == a.Secondary {
		role = topology.Secondary
	}
	return topology.Config{ApplicationName: a.Name}.FunctionName(role, function)
}

// Missing names everything that e lacks for application a, as the keys of its JSON form; it is empty if e is complete.
func (e Endpoints) Missing(a Application) []string {
	var missing []string
	need := func(value, format string, args ...any) {
		if strings.TrimSpace(value) == "" {
			missing = append(missing, fmt.Sprintf(format, args...))
		}
	}
	need(e.Edge, "edge")
	need(e.AWS.Endpoint, "aws.endpoint")
	need(e.AWS.AccessKeyID, "aws.accessKeyId")
	need(e.AWS.SecretAccessKey, "aws.secretAccessKey")
	for _, region := range a.Regions() {
		need(e.API[region], "api.%s", region)
		need(e.Token[region], "token.%s", region)
		need(e.Clients[region].ID, "clients.%s.id", region)
		need(e.Clients[region].Secret, "clients.%s.secret", region)
		need(e.Database[region].Writer, "database.%s.writer", region)
		need(e.Database[region].Reader, "database.%s.reader", region)
		need(e.Database[region].Proxy, "database.%s.proxy", region)
	}
	return missing
}
