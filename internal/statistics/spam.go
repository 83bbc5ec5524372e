package statistics

import "strings"

// spamHosts are hosts that send requests with their own name as Referer only to stand in lists of referrers. The list
// is ours and short: what it misses stays below the threshold or is seen by the operator.
const spamHosts = `
100dollars-seo.com 4webmasters.org 7makemoneyonline.com adcash.com anticrawler.org best-seo-offer.com best-seo-report.com
best-seo-solution.com bestwebsitesawards.com blackhatworth.com burger-imperia.com buttons-for-website.com
buttons-for-your-website.com cenoval.ru compliance-checker.xyz cookie-law-enforcement.xyz copyrightclaims.org darodar.com
e-buyeasy.com econom.co erot.co eu-cookie-law.info event-tracking.com fix-website-errors.com floating-share-buttons.com
forum69.info free-share-buttons.com free-social-buttons.com get-free-social-traffic.com get-free-traffic-now.com googlemare.com
guardlink.org hulfingtonpost.com humanorightswatch.org ilovevitaly.com ilovevitaly.ru justprofit.xyz kambasoft.com
law-enforcement-aa.xyz lombia.co makemoneyonline.com monetizationking.net motherboard.ru.com o-o-6-o-o.com o-o-8-o-o.com
petrovka-online.com priceg.com rank-checker.online ranksonic.info ranksonic.org savetubevideo.com see-your-website-here.com
semalt.com seo-platform.com sharebutton.net simple-share-buttons.com sitevaluation.org snip.to social-buttons.com srecorder.com
success-seo.com traffic2money.com trafficmonetize.org trafficmonetizer.org uptimechecker.com videofrost.com
videos-for-your-business.com vskrytiezamkov.ru webmonetizer.net website-analyzer.info websiteprofitstracker.com
`

func readSpam() map[string]struct{} {
	out := map[string]struct{}{}
	for host := range strings.FieldsSeq(spamHosts) {
		out[host] = struct{}{}
	}
	return out
}
