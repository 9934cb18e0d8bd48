// Command hello is the smallest package that a function can be built from.
package main

func main() { println("hello") }
