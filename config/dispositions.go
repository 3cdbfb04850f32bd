package config

// Dispositions is what an agent can call the outcome of a call.
type Dispositions struct {
	Required bool
	List     []string
}

func dispositionKeys(from string) *shape {
	std := func(text string) string {
		if from != "" {
			return ""
		}
		return text
	}
	return of(
		field{key: "required", what: yesNo(), std: std("false"), or: from, about: "Must the agent choose one before ending the wrap-up?"},
		field{key: "list", what: listOf(words("a text", 60)), std: std("[]"), or: from, about: "The choices, in this order."},
	)
}

// dispositions reads what a file says, over what holds if it says nothing.
func (b *builder) dispositions(n *node, base Dispositions) Dispositions {
	if n == nil {
		return base
	}
	base.Required = val(n.get("required"), base.Required)
	if choices := n.get("list"); choices != nil {
		base.List = vals[string](choices)
		b.noDoubles(choices)
	}
	if at := n.get("required"); base.Required && len(base.List) == 0 {
		if at == nil {
			at = n.get("list")
		}
		b.wrong(at, "is true, but list has none to choose from")
	}
	return base
}

// DispositionsFor is what agents can call the outcome of a queue's calls. A queue that isn't there is the company.
func (c *Config) DispositionsFor(queue string) Dispositions {
	if q := c.Queues[queue]; q != nil {
		return q.Dispositions
	}
	return c.Company.Dispositions
}
