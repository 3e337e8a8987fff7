/** A value of advanced hunting: text, number, truth, time, or what bag_pack and lists make. */
export type Value = string | number | boolean | Date | null | Value[] | { [name: string]: Value };
export type Row = Record<string, Value>;

/**
 * Tables of advanced hunting, by Microsoft's pages "… table in the advanced hunting schema" (defender-docs, 2023-12 to 2025-03), in
 * the form that Microsoft's analyser takes.
 */
export const SCHEMA = {
	EmailEvents:
		'(Timestamp:datetime, NetworkMessageId:string, InternetMessageId:string, SenderMailFromAddress:string, SenderFromAddress:string, SenderDisplayName:string, SenderObjectId:string, SenderMailFromDomain:string, SenderFromDomain:string, SenderIPv4:string, SenderIPv6:string, RecipientEmailAddress:string, RecipientObjectId:string, Subject:string, EmailClusterId:long, EmailDirection:string, DeliveryAction:string, DeliveryLocation:string, ThreatTypes:string, ThreatNames:string, DetectionMethods:string, ConfidenceLevel:string, BulkComplaintLevel:int, EmailAction:string, EmailActionPolicy:string, EmailActionPolicyGuid:string, AuthenticationDetails:string, AttachmentCount:int, UrlCount:int, EmailLanguage:string, Connectors:string, OrgLevelAction:string, OrgLevelPolicy:string, UserLevelAction:string, UserLevelPolicy:string, ReportId:string, AdditionalFields:string, LatestDeliveryLocation:string, LatestDeliveryAction:string)',
	EmailUrlInfo:
		'(Timestamp:datetime, NetworkMessageId:string, Url:string, UrlDomain:string, UrlLocation:string, ReportId:string)',
	EmailAttachmentInfo:
		'(Timestamp:datetime, NetworkMessageId:string, SenderFromAddress:string, SenderDisplayName:string, SenderObjectId:string, RecipientEmailAddress:string, RecipientObjectId:string, FileName:string, FileType:string, SHA256:string, FileSize:long, ThreatTypes:string, ThreatNames:string, DetectionMethods:string, ReportId:string)',
	UrlClickEvents:
		'(Timestamp:datetime, Url:string, ActionType:string, AccountUpn:string, Workload:string, NetworkMessageId:string, ThreatTypes:string, DetectionMethods:string, IPAddress:string, IsClickedThrough:bool, UrlChain:string, ReportId:string)',
	EmailPostDeliveryEvents:
		'(Timestamp:datetime, NetworkMessageId:string, InternetMessageId:string, Action:string, ActionType:string, ActionTrigger:string, ActionResult:string, RecipientEmailAddress:string, DeliveryLocation:string, ThreatTypes:string, DetectionMethods:string, ReportId:string)',
} as const;

export type TableName = keyof typeof SCHEMA;
export type Tables = Record<TableName, Row[]>;

/** Names and types of the columns of a table. */
export function columnsOf(table: TableName): Array<[name: string, type: string]> {
	return SCHEMA[table]
		.slice(1, -1)
		.split(', ')
		.map((column) => column.split(':') as [string, string]);
}

/** A row with every column: texts empty, numbers null where nothing is said. A column that there is not is a mistake of the test. */
export function rowOf(table: TableName, given: Row): Row {
	const columns = columnsOf(table);
	const unknown = Object.keys(given).find((name) => !columns.some(([column]) => column === name));
	if (unknown !== undefined) throw new Error(`${table} has no column ${unknown}`);
	return Object.fromEntries(columns.map(([name, type]) => [name, given[name] ?? (type === 'string' ? '' : null)]));
}
