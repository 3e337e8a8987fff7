/** What a setting of a node means that nobody fills in, where n8n has nothing like it. The forms say the same; a test compares. */
export const NODE_RED_DEFAULTS = {
	/** Between polls. */
	intervalSeconds: 60,
	/** Until a message that is not acknowledged counts as late. */
	timeoutMinutes: 10,
	/** Messages in the flow at once. */
	maxInFlight: 50,
} as const;

/** How to get a message that a mailbox could not deliver, in the words of this host. */
export const MAILBOX_READ_HINT = { how: "Get it with a 'mailbox read' node." } as const;
