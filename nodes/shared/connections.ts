import { graph } from './graph';
import { gmail, imap } from './imap';
import type { MailboxConnection, MessageAddressing } from './mailboxConnection';

/** The kinds of mailboxes, by what the parameter *Connection* holds; sorted by their names. */
export const connections = { gmail, imap, graph } satisfies Record<string, MailboxConnection>;

export type ConnectionKind = keyof typeof connections;

export const connectionKinds = Object.keys(connections) as ConnectionKind[];

export const connectionOf = (kind: ConnectionKind): MailboxConnection => connections[kind];

/** The kinds of which something is true, for what is shown of a node. */
export function kindsWith(test: (connection: MailboxConnection) => boolean): ConnectionKind[] {
	return connectionKinds.filter((kind) => test(connectionOf(kind)));
}

/** How messages are named, each way once, with the kinds that do. */
export const addressings: ReadonlyMap<MessageAddressing, ConnectionKind[]> = new Map(
	connectionKinds.map((kind) => {
		const { addressing } = connectionOf(kind);
		return [addressing, kindsWith((other) => other.addressing === addressing)];
	}),
);
