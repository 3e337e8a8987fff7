import { describeIf } from '../describeIf';
import { Courier, courierNeeds } from './courier';
import { Cyrus } from './cyrus';
import { Dovecot, dovecotBinary } from './dovecot';
import { Imap4d } from './imap4d';
import { serverPackages } from './packages';
import type { RealImap } from './realImap';

/** Real servers that tests run against: how each starts, and what keeps it from starting here. */
export interface ServerKind<Server extends RealImap = RealImap> {
	name: string;
	start: () => Promise<Server>;
	/** What is not installed; undefined when it is. In CI all of it must be. */
	lacks: () => string | undefined;
	/** What not every machine allows, CI's included; undefined when this one does. */
	needs?: () => string | undefined;
}

const unpacked = () =>
	serverPackages() === undefined ? 'Its packages are not unpacked (scripts/imap-servers.sh does it)' : undefined;

export const dovecot: ServerKind<Dovecot> = {
	name: 'Dovecot',
	start: async () => await Dovecot.start(),
	lacks: () =>
		dovecotBinary() === undefined
			? 'Dovecot 2.3 is not installed (Debian and Ubuntu: apt-get install dovecot-imapd)'
			: undefined,
};
export const prefixedDovecot: ServerKind<Dovecot> = {
	...dovecot,
	name: 'Dovecot with the prefix INBOX.',
	start: async () => await Dovecot.start({ prefix: 'INBOX.' }),
};
export const cyrus: ServerKind<Cyrus> = { name: 'Cyrus', start: async () => await Cyrus.start(), lacks: unpacked };
export const courier: ServerKind<Courier> = {
	name: 'Courier',
	start: async () => await Courier.start(),
	lacks: unpacked,
	needs: courierNeeds,
};
export const imap4d: ServerKind<Imap4d> = { name: 'imap4d', start: async () => await Imap4d.start(), lacks: unpacked };

/** `describe` for tests that need a real server. Where it cannot be had they are skipped, visibly; in CI it must be installed. */
export function describeWith(kind: ServerKind, name: string, tests: () => void): void {
	const lacking = kind.lacks();
	const reason = lacking ?? kind.needs?.();
	const failsInCi = lacking === undefined ? undefined : `in CI ${kind.name} must be there`;
	describeIf(reason === undefined ? undefined : { reason, failsInCi }, name, tests);
}

export const describeWithDovecot = (name: string, tests: () => void) => describeWith(dovecot, name, tests);
