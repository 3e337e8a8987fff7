import { query, type Connection } from './document';
import type { LabelNode } from './references';

/** What people choose from. One page is enough for them: the rest is found by what they type. */
export const LABELS_LIKE = query<{ first: number; search?: string }, { labels: Connection<LabelNode> }>(
	`
query EmailIntelLabelsLike($first: Int, $search: String) {
	labels(first: $first, search: $search) {
		edges { node { id standard_id value } }
	}
}`,
	{ required: ['labels'], needs: ['KNOWLEDGE'] },
);

export interface IdentityNode {
	id: string;
	standard_id: string;
	entity_type: string;
	name: string;
}

export const IDENTITIES_LIKE = query<
	{ types: readonly string[]; first: number; search?: string },
	{ identities: Connection<IdentityNode> }
>(
	`
query EmailIntelIdentitiesLike($types: [String], $first: Int, $search: String) {
	identities(types: $types, first: $first, search: $search) {
		edges { node { id standard_id entity_type name } }
	}
}`,
	{ required: ['identities'], needs: ['KNOWLEDGE'] },
);

export interface ContainerChoiceNode {
	id: string;
	name: string;
	created: string | null;
}

/** Reports, the latest first, for people who look for the one that they have in mind. */
export const REPORTS_LIKE = query<{ first: number; search?: string }, { reports: Connection<ContainerChoiceNode> }>(
	`
query EmailIntelReportsLike($first: Int, $search: String) {
	reports(first: $first, search: $search, orderBy: created_at, orderMode: desc) {
		edges { node { id name created } }
	}
}`,
	{ required: ['reports'], needs: ['KNOWLEDGE'] },
);

export interface DraftWorkspaceNode {
	id: string;
	name: string;
	draft_status: string | null;
}

export const DRAFT_WORKSPACES = query<
	{ first: number; search?: string },
	{ draftWorkspaces: Connection<DraftWorkspaceNode> }
>(
	`
query EmailIntelDraftWorkspaces($first: Int, $search: String) {
	draftWorkspaces(first: $first, search: $search) {
		edges { node { id name draft_status } }
	}
}`,
	{ required: ['draftWorkspaces'], needs: ['KNOWLEDGE'], since: '6.6' },
);
