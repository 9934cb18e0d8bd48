package database_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

func Example() {
	ctx := context.Background()
	server, err := database.Start(ctx, database.Embedded)
	if err != nil {
		panic(err)
	}
	defer server.Close()
	ca, err := authority.New()
	if err != nil {
		panic(err)
	}
	cluster, err := database.NewCluster(ctx, database.ClusterOptions{
		Server:         server,
		Authority:      ca,
		Identities:     iam{},
		Region:         "eu-west-1",
		Account:        "123456789012",
		MasterUser:     "admin",
		MasterPassword: "secret",
	})
	if err != nil {
		panic(err)
	}
	endpoint, err := cluster.Listen(ctx, database.EndpointOptions{ResourceID: "cluster-ABC"})
	if err != nil {
		panic(err)
	}
	defer endpoint.Close()

	if err := mysql.RegisterTLSConfig("rehearsal", ca.ClientConfig("127.0.0.1")); err != nil {
		panic(err)
	}
	db, err := sql.Open("mysql", "admin:secret@tcp("+endpoint.Addr()+")/?tls=rehearsal")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	_, err = db.Exec("CREATE DATABASE todo")
	fmt.Println(err)
	cluster.SetReadOnly(true)
	_, err = db.Exec("DROP DATABASE todo")
	fmt.Println(err)
	// Output:
	// <nil>
	// Error 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement
}
