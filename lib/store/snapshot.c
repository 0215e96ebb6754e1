#include "lib/store/store.h"

#include "lib/base/i18n.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"

/* Midnight at the end of a day on the local clock, in seconds. */
static int64_t end_of_day(struct jz_date day)
{
	int64_t wall = (jz_date_days(day) + 1) * 86400;
	int64_t guess = wall - jz_local_offset(wall) * 60;

	return wall - jz_local_offset(guess) * 60;
}

static int take_time(void *data, const struct jz_git_commit *commit)
{
	*(int64_t *)data = commit->committer.time;
	return 0;
}

/* The day of a commit, by local time; today, if it cannot be read. */
static struct jz_date day_of(struct jz_git *git, const char *commit)
{
	int64_t time;

	return jz_git_show(git, commit, take_time, &time, NULL) ? jz_today() : jz_local_date(time);
}

static int resolve(struct jz_store *store, const char *at, char commit[JZ_GIT_ID],
		   struct jz_err *err)
{
	char head[JZ_GIT_ID];
	struct jz_date day;
	int rc;

	if (at && !jz_date_parse(at, &day))
		return jz_git_resolve(store->git, at, commit, err);
	rc = jz_git_head(store->git, NULL, head, err);
	if (rc || !at) {
		if (!rc)
			memcpy(commit, head, JZ_GIT_ID);
		return rc;
	}
	if (jz_date_cmp(day, jz_today()) > 0 && jz_date_cmp(day, day_of(store->git, head)) > 0)
		return jz_fail(err, JZ_E_USAGE, _("the day %s is still to come"), at);
	rc = jz_git_resolve_before(store->git, head, end_of_day(day), commit, err);
	if (rc == JZ_E_FINDINGS)
		return jz_fail(err, rc, _("the store has no commit of %s or before"), at);
	return rc;
}

int jz_office_parse(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		    struct jz_err *err)
{
	const struct jz_schema *schema;
	struct jz_findings findings;
	struct jz_node *root;
	int rc = jz_yaml_read(arena, text, len, &root, err);

	if (!rc)
		rc = jz_schema_builtin("office", &schema, err);
	if (rc)
		return rc;
	jz_schema_type(schema, root);
	jz_findings_init(&findings);
	if (jz_schema_check(schema, root, &findings))
		rc = jz_findings_fail(&findings, err);
	jz_findings_release(&findings);
	if (!rc)
		*out = root;
	return rc;
}

static int load_office(struct jz_snapshot *snapshot, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_snapshot_file(snapshot, "jzbf.yaml", &text, err);

	if (!rc)
		rc = jz_office_parse(snapshot->arena, text.data, text.len, &snapshot->office, err);
	if (!rc)
		rc = jz_policy_load(snapshot->office, &snapshot->policy, err);
	if (rc)
		jz_err_file(err, "jzbf.yaml");
	return rc;
}

static int load_access(struct jz_snapshot *snapshot, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_snapshot_file(snapshot, "access.yaml", &text, err);

	if (!rc)
		rc = jz_access_parse(text.data, text.len, &snapshot->access, err);
	if (rc)
		jz_err_file(err, "access.yaml");
	return rc;
}

int jz_snapshot_at(struct jz_store *store, const char *commit, struct jz_snapshot **out,
		   struct jz_err *err)
{
	struct jz_snapshot *snapshot = store->latest;
	int rc;

	if (snapshot && *commit && !strcmp(snapshot->commit, commit)) {
		snapshot->holders++;
		*out = snapshot;
		return 0;
	}
	snapshot = jz_xcalloc(1, sizeof(*snapshot));
	snapshot->store = store;
	snapshot->holders = 1;
	snapshot->arena = jz_arena_new_public();
	memcpy(snapshot->commit, commit, JZ_GIT_ID);
	if (*commit) {
		rc = load_office(snapshot, err);
		if (!rc)
			rc = load_access(snapshot, err);
	} else {
		rc = jz_policy_load(NULL, &snapshot->policy, err);
	}
	if (rc) {
		jz_snapshot_free(snapshot);
		return rc;
	}
	*out = store->latest = snapshot;
	return 0;
}

int jz_snapshot_open(struct jz_store *store, const char *at, struct jz_snapshot **out,
		     struct jz_err *err)
{
	char commit[JZ_GIT_ID] = "";
	int rc = resolve(store, at, commit, err);

	if (!rc)
		rc = jz_trust_ensure(store, commit, err);
	return rc ? rc : jz_snapshot_at(store, commit, out, err);
}

void jz_snapshot_free(struct jz_snapshot *snapshot)
{
	if (!snapshot || --snapshot->holders)
		return;
	if (snapshot->store->latest == snapshot)
		snapshot->store->latest = NULL;
	jz_policy_free(snapshot->policy);
	jz_access_free(snapshot->access);
	jz_arena_free(snapshot->arena);
	free(snapshot);
}

const char *jz_snapshot_commit(const struct jz_snapshot *snapshot)
{
	return snapshot->commit;
}

struct jz_date jz_snapshot_day(struct jz_snapshot *snapshot)
{
	return day_of(snapshot->store->git, snapshot->commit);
}

const struct jz_node *jz_snapshot_office(const struct jz_snapshot *snapshot)
{
	return snapshot->office;
}

const char *jz_snapshot_code(const struct jz_snapshot *snapshot)
{
	return jz_map_text(jz_map_get(snapshot->office, "office"), "code");
}

const struct jz_policy *jz_snapshot_policy(const struct jz_snapshot *snapshot)
{
	return snapshot->policy;
}

const struct jz_access *jz_snapshot_access(const struct jz_snapshot *snapshot)
{
	return snapshot->access;
}

int jz_snapshot_file(struct jz_snapshot *snapshot, const char *path, struct jz_buf *out,
		     struct jz_err *err)
{
	struct jz_git *git = snapshot->store->git;
	char blob[JZ_GIT_ID];
	int rc = jz_git_path_blob(git, snapshot->commit, path, blob, err);

	return rc ? rc : jz_git_blob(git, blob, JZ_YAML_MAX_BYTES, out, err);
}

static int view_read(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	return jz_snapshot_file(data, path, out, err);
}

/* The view of the HEAD, loaded once a process: an older one does as well, for the commit's own is
 * tried behind it. NULL: there is none, or it cannot be read. */
static struct jz_snapshot *present(struct jz_store *store)
{
	char head[JZ_GIT_ID];

	if (!store->present && !jz_git_head(store->git, NULL, head, NULL) && *head &&
	    jz_snapshot_at(store, head, &store->present, NULL))
		store->present = NULL;
	return store->present;
}

void jz_snapshot_view(struct jz_snapshot *snapshot, struct jz_keyview *out)
{
	struct jz_snapshot *head;

	*out = (struct jz_keyview){.access = snapshot->access, .read = view_read, .data = snapshot};
	if (!snapshot->present.read) {
		snapshot->present = *out;
		head = present(snapshot->store);
		if (head && strcmp(head->commit, snapshot->commit))
			snapshot->present = (struct jz_keyview){
				.access = head->access, .read = view_read, .data = head};
	}
	if (snapshot->present.data != snapshot)
		out->present = &snapshot->present;
}
