package localspaces

import "unicode/utf8"

// check gives the error with which Ceph (16.2.15, measured) refuses the rule.
func (r *lifecycleRule) check() error {
	if utf8.RuneCountInString(r.ID) > 255 {
		return invalidArgument("The rule's ID is longer than 255 characters.")
	}
	if r.Prefix == nil && r.Filter == nil {
		return malformedXML("Rule %q has neither Filter nor Prefix.", r.ID)
	}
	if r.Status != "Enabled" && r.Status != "Disabled" {
		return malformedXML("The Status of rule %q is %q, neither Enabled nor Disabled.", r.ID, r.Status)
	}
	if r.Expiration == nil && r.NoncurrentExpiration == nil && r.AbortUpload == nil &&
		len(r.Transitions) == 0 && len(r.NoncurrentTransitions) == 0 {
		return malformedXML("Rule %q has no action.", r.ID)
	}
	if err := r.checkExpirations(); err != nil {
		return err
	}
	return r.checkTransitions()
}

func (r *lifecycleRule) checkExpirations() error {
	if e := r.Expiration; e != nil {
		if err := r.checkExpiration(e); err != nil {
			return err
		}
	}
	if e := r.NoncurrentExpiration; e != nil {
		if err := r.checkDays("NoncurrentDays", e.NoncurrentDays); err != nil {
			return err
		}
	}
	if a := r.AbortUpload; a != nil {
		if len(r.condition().Tags) > 0 {
			return invalidRequest("Rule %q aborts uploads by tag; an upload has none.", r.ID)
		}
		return r.checkDays("DaysAfterInitiation", a.DaysAfterInitiation)
	}
	return nil
}

func (r *lifecycleRule) checkExpiration(e *expiration) error {
	if given(e.Days)+given(e.Date)+given(e.ExpiredObjectDeleteMarker) != 1 {
		return malformedXML("The Expiration of rule %q has not just one of Days, Date and ExpiredObjectDeleteMarker.", r.ID)
	}
	if e.ExpiredObjectDeleteMarker != nil && !*e.ExpiredObjectDeleteMarker {
		return invalidArgument("The Expiration of rule %q says ExpiredObjectDeleteMarker false, and nothing else.", r.ID)
	}
	if e.Date != nil {
		return r.checkDate(*e.Date)
	}
	if e.Days != nil {
		return r.checkDays("Days", e.Days)
	}
	return nil
}

// checkTransitions takes any storage class, and 0 days.
func (r *lifecycleRule) checkTransitions() error {
	classes := map[string]bool{}
	for _, t := range r.Transitions {
		if given(t.Days)+given(t.Date) != 1 || t.StorageClass == "" || classes[t.StorageClass] {
			return malformedXML("A Transition of rule %q needs either Days or Date, and a StorageClass of its own.", r.ID)
		}
		classes[t.StorageClass] = true
		if t.Date != nil {
			if err := r.checkDate(*t.Date); err != nil {
				return err
			}
		}
		if t.Days != nil && *t.Days < 0 {
			return invalidArgument("Days of a Transition of rule %q is negative.", r.ID)
		}
	}
	clear(classes)
	for _, t := range r.NoncurrentTransitions {
		if t.NoncurrentDays == nil || t.StorageClass == "" || classes[t.StorageClass] {
			return malformedXML("A NoncurrentVersionTransition of rule %q needs NoncurrentDays, and a StorageClass of its own.", r.ID)
		}
		classes[t.StorageClass] = true
		if *t.NoncurrentDays < 0 {
			return invalidArgument("NoncurrentDays of a NoncurrentVersionTransition of rule %q is negative.", r.ID)
		}
	}
	return nil
}

func (r *lifecycleRule) checkDays(element string, days *int) error {
	if days == nil {
		return malformedXML("Rule %q lacks %s.", r.ID, element)
	}
	if *days < 1 {
		return invalidArgument("%s of rule %q must be a positive whole number.", element, r.ID)
	}
	return nil
}

func (r *lifecycleRule) checkDate(date string) error {
	if _, ok := day(date); !ok {
		return malformedXML("The Date %q of rule %q is not midnight UTC.", date, r.ID)
	}
	return nil
}

// given counts a pointer that points somewhere as one.
func given[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}
