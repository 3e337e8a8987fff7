// By what messages of one campaign are alike.
export {
	campaignKeys,
	campaignLabels,
	labelledKeys,
	labelledText,
	textDistance,
	type CampaignKeys,
	type CampaignLabelKind,
} from './campaign';
export { campaignFrom } from './json';
