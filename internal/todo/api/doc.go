// Package api turns invocations of the reference application's Lambda functions into calls of the domain, and their
// outcomes into HTTP responses.
//
// Every function accepts two kinds of invocation and answers both alike, with an API Gateway proxy response:
//
//   - an API Gateway REST proxy event, which is recognised by its httpMethod or requestContext;
//   - anything else is a direct invocation, whose payload is what the body would be.
//
// What the functions say:
//
//	function             method  input                   success
//	UpsertToDos          POST    {"task", "status"}      201, the item, Location
//	UpsertToDos          POST    {"id", "task",          200, the item
//	                              "status"}
//	GetToDos             GET     ?id=1, direct {"id"}    200, the item
//	RemoveToDos          DELETE  {"id"}                  200, {"id"}
//	Health               GET     nothing                 200, Region and role of the database
//	CreateTableFunction  POST    {"action":              200, {"table", "status"}
//	                              "CREATE_TABLE"}
//
// An id is accepted as a number or a string and is always answered as a number. Every response has an X-Served-Region
// header and forbids caching. Whatever is not a success is an RFC 9457 problem (application/problem+json):
//
//	400  the input is wrong; detail says everything that is
//	404  no item has the id, however large the id is
//	405  the function does not serve the method; Allow says which it does
//	500  a defect; the log has the details
//	503  the Region stands by and cannot write, or the database cannot be reached or is not set up; with Retry-After
//
// Functions never return a function error, so that an outcome is always seen as an HTTP status. The exception are the checks of
// a failover, which Health answers too when it is invoked directly; package regioncheck has their form.
package api
