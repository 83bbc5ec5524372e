package main

import (
	"fmt"
	"os"
	"strings"
)

// resident gives the bytes of memory that this process holds.
func resident() int64 { return residentOf(os.Getpid()) }

// residentOf gives the bytes of memory that a process holds, 0 where the system does not tell.
func residentOf(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return 0
	}
	return kb * 1024
}
