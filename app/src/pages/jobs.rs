//! Jobs: the list, and a job's progress.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;
use licensing::{Permission, sentence::thousands};

use crate::{
    admin::{
        exports::ExportJob,
        jobs::{CancelJob, JobDetail, JobLine, JobStatus, Jobs, ResumeJob, Undone, job, list_jobs},
    },
    components::{Badge, Empty, Icon, Notice, PageHead, Panel, Symbol, Table, Tone, When, may},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
    text::words,
};

/// The list of jobs.
#[component]
pub fn JobsPage() -> impl IntoView {
    let data = fetched(list_jobs);
    view! { <Loaded data view=list /> }
}

fn list(data: Jobs) -> impl IntoView {
    let now = data.now;
    let rows = data.lines.into_iter().map(move |line| {
        let (id, at) = (line.id, line.started_at);
        view! {
            <tr>
                <th scope="row">
                    <a class="name" href=format!("/jobs/{id}")>
                        {line.title.clone()}
                    </a>
                </th>
                <td>{badge(line.state)}</td>
                <td>{progress(&line)}</td>
                <td>
                    <bdi>{line.by}</bdi>
                </td>
                <td>
                    <When at now />
                </td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <PageHead title="Jobs" crumbs=vec![("/licenses".to_owned(), "Licenses".to_owned())] />
        {if rows.is_empty() {
            Either::Left(view! {
                <Empty
                    icon=Symbol::History
                    title="No jobs yet"
                    text="Creating or changing many licenses at once runs in the background. Its progress appears here."
                    actions=|| view! { <a class="button" href="/licenses">"Show licenses"</a> }
                />
            })
        } else {
            Either::Right(view! {
                <Table
                    class="jobs"
                    scrolls=true
                    caption="Jobs, newest first"
                    columns=[("Job", ""), ("State", ""), ("Progress", ""), ("Started by", ""), ("Started", "")]
                >
                    {rows}
                </Table>
            })
        }}
    }
}

/// The progress of a job.
#[component]
pub fn JobPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let data = fetched(move || job(id()));
    view! { <Loaded data view=page /> }
}

fn page(data: JobDetail) -> impl IntoView {
    let JobDetail { line, failures, skipped, seen, now } = data;
    // Nothing changes once it is done.
    let live = (line.state != JobStatus::Done).then_some(seen);
    let (id, at) = (line.id, line.started_at);
    let crumbs = vec![("/licenses".to_owned(), "Licenses".to_owned()), ("/jobs".to_owned(), "Jobs".to_owned())];
    let of = StoredValue::new(line.clone());
    let mark = move || of.with_value(|line| badge(line.state));
    let by = line.by.clone();
    let outlook = match line.state {
        JobStatus::Running => " It continues in the background if you leave this page.",
        JobStatus::Cancelled | JobStatus::Failed | JobStatus::Done => "",
    };
    let undone =
        (undone("failed", "Failed", failures, line.failed), undone("skipped", "Skipped", skipped, line.skipped));
    let error = line.error.clone().map(|error| {
        view! {
            <Notice tone=Tone::Bad>
                <p>"The server stopped this job: " {error}</p>
            </Notice>
        }
    });
    let created = (line.creates && line.done > 0).then(|| {
        view! {
            <a class="button" href=format!("/licenses?batch={id}")>
                {format!("Show {}", words::count(line.done, "license"))}
            </a>
            {may(Permission::RevealCodes)
                .then(|| {
                    view! {
                        <a class="button" href=format!("/licenses?batch={id}&dialog=export")>
                            "Download codes"
                        </a>
                    }
                })}
        }
    });
    let export = act::<ExportJob>();
    let result = (line.state != JobStatus::Running).then(|| {
        view! {
            <Form action=export id="result" class="inline" whole_page=true>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="format" value="csv" />
                <Submit class="">"Download result"</Submit>
            </Form>
        }
    });
    view! {
        <PageHead
            title=line.title.clone()
            crumbs
            mark
            live
            lead=move || {
                let by = by.clone();
                view! {
                    <p class="lead">
                        "Started by " <bdi>{by}</bdi> ", " <When at now /> "." {outlook}
                    </p>
                }
            }
            actions=move || of.with_value(buttons)
        />
        {error}
        <Panel id="progress" title="Progress">
            <div class="stack">
                <progress max=line.total value={line.done + line.failed + line.skipped} aria-label="Progress"></progress>
                <p>{progress(&line)}</p>
                <div class="row">{created} {result}</div>
            </div>
        </Panel>
        {undone}
    }
}

/// The first licenses that the job did not change, if there are any, out of `all`.
fn undone(id: &'static str, title: &'static str, items: Vec<Undone>, all: u64) -> impl IntoView {
    let heading = match items.len() {
        shown if all > shown as u64 => format!("{title}: the first {shown} of {}", thousands(all)),
        _ => title.to_owned(),
    };
    let rows = items.into_iter().map(|Undone { number, license, reason }| {
        let name = match license {
            Some((id, name)) => view! {
                <a href=format!("/licenses/{id}")>
                    <bdi>{name}</bdi>
                </a>
            }
            .into_any(),
            None => format!("License {number}").into_any(),
        };
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>
                    <bdi>{reason}</bdi>
                </td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Panel id title=heading bare=true>
                <Table caption=title columns=[("License", ""), ("Reason", "")]>
                    {rows}
                </Table>
            </Panel>
        }
    })
}

fn buttons(line: &JobLine) -> impl IntoView + use<> {
    let (cancel, resume) = (act::<CancelJob>(), act::<ResumeJob>());
    let id = line.id.to_string();
    let update = (line.state == JobStatus::Running).then(|| {
        view! {
            <a class="button" href=format!("/jobs/{}", line.id)>
                <Icon of=Symbol::RefreshCw />
                " Refresh"
            </a>
        }
    });
    let resumes = if line.state == JobStatus::Failed { "Retry failed licenses" } else { "Resume job" };
    let act = may(Permission::ManageLicenses).then(|| match line.state {
        JobStatus::Running => view! {
            <Form action=cancel id="cancel" class="inline">
                <input type="hidden" name="id" value=id />
                <Submit class="danger">"Cancel job"</Submit>
            </Form>
        }
        .into_any(),
        JobStatus::Cancelled | JobStatus::Failed => view! {
            <Form action=resume id="resume" class="inline">
                <input type="hidden" name="id" value=id />
                <Submit>{resumes}</Submit>
            </Form>
        }
        .into_any(),
        JobStatus::Done => ().into_any(),
    });
    view! { {update} {act} }
}

pub(super) fn badge(state: JobStatus) -> impl IntoView {
    let (tone, text) = match state {
        JobStatus::Running => (Tone::Accent, "Running"),
        JobStatus::Cancelled => (Tone::Warn, "Cancelled"),
        JobStatus::Failed => (Tone::Bad, "Some failed"),
        JobStatus::Done => (Tone::Good, "Done"),
    };
    view! { <Badge tone>{text}</Badge> }
}

/// `100 of 250 licenses done, 3 failed, 2 skipped`.
pub(super) fn progress(line: &JobLine) -> String {
    let part = |n: u64, what: &str| if n > 0 { format!(", {} {what}", thousands(n)) } else { String::new() };
    let (failed, skipped) = (part(line.failed, "failed"), part(line.skipped, "skipped"));
    format!("{} of {} done{failed}{skipped}", thousands(line.done), words::count(line.total, "license"))
}
