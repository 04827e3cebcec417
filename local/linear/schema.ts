/**
 * The part of Linear's schema the stand-in executes: the real names, types and nullability, fewer of them.
 * https://github.com/linear/linear/blob/master/packages/sdk/src/schema.graphql
 */
export const linearSchema = /* GraphQL */ `
  scalar DateTime
  scalar JSONObject

  interface Node {
    id: ID!
  }
  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }
  enum PaginationOrderBy {
    createdAt
    updatedAt
  }

  type Organization implements Node {
    id: ID!
    name: String!
    urlKey: String!
  }
  type User implements Node {
    active: Boolean!
    admin: Boolean!
    app: Boolean!
    createdAt: DateTime!
    displayName: String!
    email: String!
    id: ID!
    name: String!
    organization: Organization!
    updatedAt: DateTime!
    url: String!
  }
  type Team implements Node {
    createdAt: DateTime!
    description: String
    displayName: String!
    id: ID!
    issues(after: String, filter: IssueFilter, first: Int, orderBy: PaginationOrderBy): IssueConnection!
    key: String!
    labels(after: String, filter: IssueLabelFilter, first: Int, orderBy: PaginationOrderBy): IssueLabelConnection!
    name: String!
    states(after: String, filter: WorkflowStateFilter, first: Int, orderBy: PaginationOrderBy): WorkflowStateConnection!
    updatedAt: DateTime!
  }
  type WorkflowState implements Node {
    color: String!
    createdAt: DateTime!
    id: ID!
    name: String!
    position: Float!
    team: Team!
    type: String!
    updatedAt: DateTime!
  }
  type IssueLabel implements Node {
    color: String!
    createdAt: DateTime!
    id: ID!
    isGroup: Boolean!
    name: String!
    team: Team
    updatedAt: DateTime!
  }
  type Issue implements Node {
    archivedAt: DateTime
    assignee: User
    attachments(after: String, first: Int, orderBy: PaginationOrderBy): AttachmentConnection!
    branchName: String!
    comments(after: String, first: Int, orderBy: PaginationOrderBy): CommentConnection!
    createdAt: DateTime!
    creator: User
    description: String
    id: ID!
    identifier: String!
    labelIds: [String!]!
    labels(after: String, filter: IssueLabelFilter, first: Int, orderBy: PaginationOrderBy): IssueLabelConnection!
    number: Float!
    previousIdentifiers: [String!]!
    priority: Float!
    priorityLabel: String!
    state: WorkflowState!
    team: Team!
    title: String!
    updatedAt: DateTime!
    url: String!
  }
  type Comment implements Node {
    body: String!
    createdAt: DateTime!
    editedAt: DateTime
    id: ID!
    issue: Issue
    parent: Comment
    updatedAt: DateTime!
    url: String!
    user: User
  }
  type Attachment implements Node {
    createdAt: DateTime!
    creator: User
    id: ID!
    issue: Issue!
    metadata: JSONObject!
    sourceType: String
    subtitle: String
    title: String!
    updatedAt: DateTime!
    url: String!
  }

  type TeamConnection {
    nodes: [Team!]!
    pageInfo: PageInfo!
  }
  type WorkflowStateConnection {
    nodes: [WorkflowState!]!
    pageInfo: PageInfo!
  }
  type IssueLabelConnection {
    nodes: [IssueLabel!]!
    pageInfo: PageInfo!
  }
  type IssueConnection {
    nodes: [Issue!]!
    pageInfo: PageInfo!
  }
  type CommentConnection {
    nodes: [Comment!]!
    pageInfo: PageInfo!
  }
  type AttachmentConnection {
    nodes: [Attachment!]!
    pageInfo: PageInfo!
  }

  input IDComparator {
    eq: ID
    in: [ID!]
    neq: ID
    nin: [ID!]
  }
  input IssueIDComparator {
    eq: ID
    in: [ID!]
    neq: ID
    nin: [ID!]
  }
  input NumberComparator {
    eq: Float
    in: [Float!]
    neq: Float
    nin: [Float!]
  }
  input StringComparator {
    contains: String
    containsIgnoreCase: String
    eq: String
    eqIgnoreCase: String
    in: [String!]
    neq: String
    nin: [String!]
    startsWith: String
  }
  input NullableStringComparator {
    contains: String
    containsIgnoreCase: String
    eq: String
    eqIgnoreCase: String
    in: [String!]
    neq: String
    nin: [String!]
    startsWith: String
  }
  input TeamFilter {
    and: [TeamFilter!]
    id: IDComparator
    key: StringComparator
    name: StringComparator
    or: [TeamFilter!]
  }
  input NullableTeamFilter {
    and: [NullableTeamFilter!]
    id: IDComparator
    key: StringComparator
    name: StringComparator
    or: [NullableTeamFilter!]
  }
  input WorkflowStateFilter {
    and: [WorkflowStateFilter!]
    id: IDComparator
    name: StringComparator
    or: [WorkflowStateFilter!]
    team: TeamFilter
    type: StringComparator
  }
  input IssueLabelFilter {
    and: [IssueLabelFilter!]
    id: IDComparator
    name: StringComparator
    or: [IssueLabelFilter!]
    team: NullableTeamFilter
  }
  input IssueFilter {
    and: [IssueFilter!]
    description: NullableStringComparator
    id: IssueIDComparator
    number: NumberComparator
    or: [IssueFilter!]
    state: WorkflowStateFilter
    team: TeamFilter
    title: StringComparator
  }

  type Query {
    attachment(id: String!): Attachment!
    attachmentsForURL(after: String, first: Int, orderBy: PaginationOrderBy, url: String!): AttachmentConnection!
    comment(id: String): Comment!
    issue(id: String!): Issue!
    issueLabels(after: String, filter: IssueLabelFilter, first: Int, orderBy: PaginationOrderBy): IssueLabelConnection!
    issues(
      after: String
      filter: IssueFilter
      first: Int
      includeArchived: Boolean
      orderBy: PaginationOrderBy
    ): IssueConnection!
    organization: Organization!
    team(id: String!): Team!
    teams(after: String, filter: TeamFilter, first: Int, orderBy: PaginationOrderBy): TeamConnection!
    viewer: User!
    workflowStates(
      after: String
      filter: WorkflowStateFilter
      first: Int
      orderBy: PaginationOrderBy
    ): WorkflowStateConnection!
  }

  input IssueCreateInput {
    assigneeId: String
    createAsUser: String
    description: String
    id: String
    labelIds: [String!]
    priority: Int
    stateId: String
    teamId: String!
    title: String
  }
  input IssueUpdateInput {
    addedLabelIds: [String!]
    assigneeId: String
    description: String
    labelIds: [String!]
    priority: Int
    removedLabelIds: [String!]
    stateId: String
    title: String
  }
  input CommentCreateInput {
    body: String
    createAsUser: String
    doNotSubscribeToIssue: Boolean
    id: String
    issueId: String
    parentId: String
  }
  input CommentUpdateInput {
    body: String
  }
  input AttachmentCreateInput {
    groupBySource: Boolean
    iconUrl: String
    id: String
    issueId: String!
    metadata: JSONObject
    subtitle: String
    title: String!
    url: String!
  }
  enum GitLinkKind {
    closes
    contributes
    links
  }
  type IssuePayload {
    issue: Issue
    lastSyncId: Float!
    success: Boolean!
  }
  type CommentPayload {
    comment: Comment!
    lastSyncId: Float!
    success: Boolean!
  }
  type DeletePayload {
    entityId: String!
    lastSyncId: Float!
    success: Boolean!
  }
  type AttachmentPayload {
    attachment: Attachment!
    lastSyncId: Float!
    success: Boolean!
  }

  type Mutation {
    attachmentCreate(input: AttachmentCreateInput!): AttachmentPayload!
    attachmentLinkGitHubPR(
      id: String
      issueId: String!
      linkKind: GitLinkKind
      title: String
      url: String!
    ): AttachmentPayload!
    attachmentLinkURL(id: String, issueId: String!, title: String, url: String!): AttachmentPayload!
    commentCreate(input: CommentCreateInput!): CommentPayload!
    commentDelete(id: String!): DeletePayload!
    commentUpdate(id: String!, input: CommentUpdateInput!): CommentPayload!
    issueCreate(input: IssueCreateInput!): IssuePayload!
    issueUpdate(id: String!, input: IssueUpdateInput!): IssuePayload!
  }
`;
