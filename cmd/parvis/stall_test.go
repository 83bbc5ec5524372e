package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

func TestStalledReadersAreGivenUp(t *testing.T) {
	reader, writer := net.Pipe()
	defer reader.Close()
	n, err := stallConn{writer, 20 * time.Millisecond}.Write([]byte("nobody reads this"))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("wrote %d bytes, %v", n, err)
	}
}

func TestReadersGetEverything(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := bytes.Repeat([]byte("0123456789"), 300_001)
	wrote := make(chan error, 1)
	go func() {
		c, err := stallListener{l, time.Minute}.Accept()
		if err == nil {
			_, err = c.Write(want)
			c.Close()
		}
		wrote <- err
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d of %d bytes, %v", len(got), len(want), err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}
