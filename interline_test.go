package interline

import "testing"

func TestLossesThatAreNeverSilent(t *testing.T) {
	for field, want := range map[string]bool{
		"seed": true, "tools[2]": true, "inferenceConfig.stopSequences": true, "additionalModelRequestFields.thinking": true,
		"messages[1].content[0].cache_control": true, "output_config.format": true,
		"temperature": false, "inferenceConfig.topP": false, "user": false, "metadata.user_id": false, "": false,
	} {
		if got := (Loss{Field: field, Action: LossApproximated}).ChangesMeaning(); got != want {
			t.Errorf("%q: %v", field, got)
		}
	}
	if !(Loss{Field: "messages[0].content[1]", Action: LossDropped}).ChangesMeaning() {
		t.Error("a dropped piece of a message is silent")
	}
}

func TestUsageAddsUp(t *testing.T) {
	u := Usage{Input: 100, CacheRead: 30, CacheWrite5m: 10, CacheWrite1h: 5, Output: 20, Reasoning: 8}
	if u.Fresh() != 55 || u.Total() != 120 || u.CacheWrite() != 15 {
		t.Errorf("fresh %d, total %d, written %d", u.Fresh(), u.Total(), u.CacheWrite())
	}
	if sum := u.Add(u); sum.Input != 200 || sum.Reasoning != 16 || sum.Total() != 2*u.Total() {
		t.Errorf("sum %+v", sum)
	}
	if (Usage{Input: 1, CacheRead: 5}).Fresh() != 0 {
		t.Error("a negative remainder")
	}
}
