/** What a setting of a node means that nobody fills in, where n8n has nothing like it. The forms say the same; a test compares. */
export const NODE_RED_DEFAULTS = {
	/** Between polls. */
	intervalSeconds: 60,
	/** Until a message that is not acknowledged counts as late. */
	timeoutMinutes: 10,
	/** Messages in the flow at once. */
	maxInFlight: 50,
	/** Name of the author of bundles. */
	author: 'Email Intel',
} as const;

/** What warnings tell to do, in the words of this host. */
export const WORDS = {
	/** How to get a message that a mailbox could not deliver. */
	record: {
		how: "Get it with a 'mailbox read' node.",
		gone: "It was deleted or moved. Search for it with a 'mailbox read' node.",
	},
	/** How to get an attachment that was left out. */
	attachments: { otherwise: "get its attachments with a 'mailbox read' node" },
	/** How to get more terms into patterns. */
	pattern: "Turn on 'Split' to make several patterns, or increase 'Max terms'.",
	/** What to do where there are no files to add. */
	noFiles:
		"The message has no files in msg.binary, so nothing was uploaded. 'mailbox in' and 'mailbox read' put them there with 'Attachments' on.",
} as const;
