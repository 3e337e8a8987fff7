import { mutation, query, type Connection } from './document';

export interface AboutData {
	about: { version: string };
	me: {
		id: string;
		name: string;
		user_email: string;
		capabilities: { name: string }[];
		allowed_marking: { standard_id: string; definition: string | null }[] | null;
		effective_confidence_level: { max_confidence: number } | null;
		/** Organizations that the user belongs to. */
		objectOrganization: Connection<{ name: string }> | null;
	};
}

export const ABOUT = query<Record<string, never>, AboutData>(
	`
query EmailIntelAbout {
	about { version }
	me {
		id
		name
		user_email
		capabilities { name }
		allowed_marking { standard_id definition }
		effective_confidence_level { max_confidence }
		objectOrganization { edges { node { name } } }
	}
}`,
	{ required: ['about', 'me'] },
);

export const DRAFT_WORKSPACE_ADD = mutation<
	{ input: { name: string; entity_id?: string } },
	{ draftWorkspaceAdd: { id: string; name: string } }
>(
	`
mutation EmailIntelDraftWorkspaceAdd($input: DraftWorkspaceAddInput!) {
	draftWorkspaceAdd(input: $input) { id name }
}`,
	{ required: ['draftWorkspaceAdd'], needs: ['KNOWLEDGE_KNUPDATE'], repeatable: false, since: '6.6' },
);
