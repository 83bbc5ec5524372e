package data

import "strings"

// tongues are languages of datasets in themselves: all those of the European Union, its neighbours, and the most
// spoken ones of the world. What is not among them is shown by its code.
const tongues = "ar العربية, bg Български, bn বাংলা, br Brezhoneg, ca Català, co Corsu, cs Čeština, cy Cymraeg, da Dansk, de Deutsch, " +
	"el Ελληνικά, en English, es Español, et Eesti, eu Euskara, fa فارسی, fi Suomi, fr Français, ga Gaeilge, gl Galego, he עברית, " +
	"hi हिन्दी, hr Hrvatski, hu Magyar, hy Հայերեն, id Indonesia, is Íslenska, it Italiano, ja 日本語, ka ქართული, ko 한국어, " +
	"lb Lëtzebuergesch, lt Lietuvių, lv Latviešu, mk Македонски, mt Malti, nb Norsk bokmål, nl Nederlands, nn Nynorsk, no Norsk, " +
	"oc Occitan, pl Polski, pt Português, rm Rumantsch, ro Română, ru Русский, sk Slovenčina, sl Slovenščina, sq Shqip, sr Српски, " +
	"sv Svenska, sw Kiswahili, th ไทย, tr Türkçe, uk Українська, ur اردو, vi Tiếng Việt, zh 中文"

// LanguageName names a language in itself, one that is not known by its code.
func LanguageName(tag string) string {
	main, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for entry := range strings.SplitSeq(tongues, ", ") {
		if code, name, _ := strings.Cut(entry, " "); code == main {
			return name
		}
	}
	return tag
}
