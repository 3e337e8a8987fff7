import { EMAIL_LIMITS } from './limits';

/** What an option means that nobody sets, where that is a choice and no bound. Bounds are in `limits.ts`. */
export const POLL_DEFAULTS = {
	/** How far the first poll of a folder looks back, an ISO 8601 duration. */
	firstRunLookBack: 'P30D',
} as const;

/** Of the triggers. Sizes are megabytes (1,000,000 bytes), as users write them. */
export const TRIGGER_DEFAULTS = {
	/** Messages of the look-back, the newest. */
	firstRunCap: 500,
	messageMegabytes: 25,
	/** Up to here the raw message travels with the item. */
	rawMegabytes: 1,
	attachmentMegabytes: 10,
	attachments: 20,
	/** No message is read beyond this: as many MB as the limit has MiB, which is a little less. */
	mostMegabytes: EMAIL_LIMITS.maxBytes / 2 ** 20,
} as const;

/** Of the nodes that hunt: tracking shows a message some minutes late, the few that a plan looks back by itself find nothing. */
export const HUNT_DEFAULTS = {
	/** One day. */
	timeRangeMinutes: 1_440,
} as const;
