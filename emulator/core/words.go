package core

import "strings"

// vocabulary is what emulated prose is made of: plain words of one to three
// syllables, so that a reader sees at once that nobody meant anything.
var vocabulary = strings.Fields(`
	amber anchor apple arrow autumn basket beacon birch bottle branch bridge
	bright button candle canvas cedar chapel cloud cobalt copper corner cotton
	cradle crystal current daisy dapple dawn distant double dragon easel eastern
	echo elder ember engine fabric feather fennel field finch fiddle flint forest
	fountain garden gentle ginger glacier golden granite harbor hazel heron hollow
	honey icicle indigo island ivory jasmine jetty jigsaw juniper kettle kingdom
	ladder lantern laurel lemon linen little lively maple marble meadow mellow
	mirror morning narrow needle nettle night northern nutmeg oaken ocean olive
	orchard otter paddle paper parcel pebble pepper pigeon plain pocket quarry
	quiet quiver raven reed ribbon river rocket saddle saffron sailor salmon
	shadow silver simple sparrow spring steady stone summer table tangle thistle
	timber tower tunnel umber uncle valley velvet violet wagon walnut water
	willow window winter wooden yarrow yellow yonder zephyr`)

// words is n words of the vocabulary, seeded by the prompt.
func (m *mind) words(n int) string {
	each := make([]string, n)
	for i := range each {
		each[i] = vocabulary[m.rnd.IntN(len(vocabulary))]
	}
	return strings.Join(each, " ")
}

// exactly is a text of n words, in sentences of twelve, that begins by saying
// what it is.
func (m *mind) exactly(n int) string {
	var b strings.Builder
	for i := range n {
		word := vocabulary[m.rnd.IntN(len(vocabulary))]
		if i == 0 {
			word = "emulated"
		}
		if i%12 == 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		if i%12 == 11 || i == n-1 {
			b.WriteByte('.')
		}
	}
	return b.String()
}
