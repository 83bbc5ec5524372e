package signin

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// app gives the code that an application shows a while from now.
func (h *house) app(secret string, later time.Duration) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.Clock().Add(later))
	h.must(err)
	return code
}

// RFC 6238, appendix B, cut to six figures.
func TestCodesOfTheStandard(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if step, ok := stepOf(secret, code, time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("at %d: %d, %t", at, step, ok)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	h := fresh(t, nil)
	h.Wait(time.Until(time.Now().Truncate(30 * time.Second).Add(30 * time.Second))) // not at the end of a half-minute
	p, _ := h.Person(1)
	secret, err := h.NewSecret(p)
	h.must(err)
	u, err := url.Parse(secret.Address)
	if err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != secret.Text || u.Query().Get("issuer") != "Data  the portal" || !strings.Contains(u.Path, ada) {
		t.Errorf("the address is %q", secret.Address)
	}
	if _, err := h.EnrolCodes(t.Context(), p, secret.Text, "000000"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a wrong code enrols: %v", err)
	}
	if _, err := h.EnrolCodes(t.Context(), p, "JBSWY3DP", h.app("JBSWY3DP", 0)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a weak secret enrols: %v", err)
	}
	code := h.app(secret.Text, 0)
	recovery, err := h.EnrolCodes(t.Context(), p, secret.Text, code[:3]+" "+code[3:])
	h.must(err)
	if proof, err := h.Password(t.Context(), ada, adaWords, home); err != nil || !proof.Second {
		t.Fatalf("no code is asked for: %+v, %v", proof, err)
	}
	if err := h.Code(t.Context(), 1, code, home); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the code of the enrolment serves again: %v", err)
	}
	h.Wait(period)
	if err := h.Code(t.Context(), 1, h.app(secret.Text, period), home); err != nil {
		t.Errorf("a telephone half a minute ahead: %v", err)
	}
	if err := h.Code(t.Context(), 1, h.app(secret.Text, 0), home); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a code older than the last one used: %v", err)
	}
	h.Wait(5 * time.Minute)
	for _, late := range []time.Duration{-2 * period, 2 * period} {
		if err := h.Code(t.Context(), 1, h.app(secret.Text, late), home); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a telephone %v off: %v", late, err)
		}
	}
	if err := h.Code(t.Context(), 1, h.app(secret.Text, -period), home); err != nil {
		t.Errorf("a telephone half a minute behind: %v", err)
	}
	h.recovery(recovery)
	h.must(h.RemoveCodes(t.Context(), account.Actor{Person: p}, 1))
	if proof, _ := h.Password(t.Context(), ada, adaWords, home); proof.Second {
		t.Error("a code is still asked for")
	}
	h.logged("set_second_step person/1", "remove_second_step person/1")
	if _, err := h.RenewRecovery(t.Context(), 1); fault.KindOf(err) != fault.Conflict {
		t.Errorf("recovery codes of no second factor: %v", err)
	}
}

// recovery tries the recovery codes of ada.
func (h *house) recovery(codes []string) {
	h.t.Helper()
	if len(codes) != 10 || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != 10 || !regexp.MustCompile(`^([a-z2-7]{4}-){3}[a-z2-7]{4}$`).MatchString(codes[0]) {
		h.t.Fatalf("recovery codes: %v", codes)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 4 {
		all.Go(func() {
			if ok, err := h.useCode(h.t.Context(), 1, " "+strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))); err == nil && ok {
				mu.Lock()
				used++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if left, _ := h.RecoveryLeft(h.t.Context(), 1); used != 1 || left != 9 {
		h.t.Errorf("one recovery code served %d times, %d are left", used, left)
	}
	if ok, _ := h.useCode(h.t.Context(), 2, codes[1]); ok {
		h.t.Error("somebody else's recovery code serves")
	}
	newer, err := h.RenewRecovery(h.t.Context(), 1)
	h.must(err)
	if ok, _ := h.useCode(h.t.Context(), 1, codes[1]); ok {
		h.t.Error("an old recovery code serves")
	}
	h.must(h.Code(h.t.Context(), 1, newer[0], home))
}

func TestCodesCannotBeGuessed(t *testing.T) {
	h := fresh(t, nil)
	p, _ := h.Person(1)
	secret, err := h.NewSecret(p)
	h.must(err)
	_, err = h.EnrolCodes(t.Context(), p, secret.Text, h.app(secret.Text, 0))
	h.must(err)
	wrong := "000000"
	for _, late := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} { // none of those that are good now
		if h.app(secret.Text, late) == wrong {
			wrong = "111111"
		}
	}
	for range freeTries {
		if err := h.Code(t.Context(), 1, wrong, from(elsewhere)); err == nil {
			t.Fatalf("%s opens", wrong)
		}
	}
	if err := h.Code(t.Context(), 1, h.app(secret.Text, 0), from(elsewhere)); fault.KindOf(err) != fault.Limited {
		t.Errorf("many codes may be tried: %v", err)
	}
}

func TestDrawingIsAQRCode(t *testing.T) {
	h := fresh(t, nil)
	p, _ := h.Person(1)
	secret, err := h.NewSecret(p)
	h.must(err)
	svg, err := secret.Drawing()
	h.must(err)
	d := xml.NewDecoder(bytes.NewReader([]byte(svg)))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(svg, "style") || strings.Contains(svg, "script") || strings.Count(svg, "h1v1") < 200 {
		t.Errorf("the drawing is %.300s", svg)
	}
}
