import type { Logger } from '../../lib/logger';

export type AccountKind = 'imap' | 'gmail' | 'microsoft' | 'cisco' | 'opencti';

/** An account: what its node holds, secrets included. */
export interface Account {
	kind: AccountKind;
	/** Fields and secrets by name. Never logged. */
	fields: Readonly<Record<string, unknown>>;
	logger?: Logger | undefined;
}
