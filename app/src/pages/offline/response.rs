//! The response to an offline request.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use crate::{
    admin::offline::response::{QrCode, Response, write_response},
    components::{CodeBlock, Fact, Facts, Only, PageHead, Panel, When},
    http::{
        address,
        load::{Loaded, fetched},
    },
};

/// The page of a response.
#[component]
pub fn ResponsePage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let data = fetched(move || write_response(id()));
    view! {
        <Only permission=Permission::HelpCustomers>
            <Loaded data view=page />
        </Only>
    }
}

fn page(data: Response) -> impl IntoView {
    let Response { file, qr, license, session: _, policy, lease_ends_at, token_expires_at, granted_at, now } = data;
    let download = format!("data:text/plain,{}", address::escape(&file));
    view! {
        <PageHead
            title="Response"
            crumbs=vec![("/offline".to_owned(), "Offline devices".to_owned())]
            lead=|| {
                view! {
                    <p class="lead">
                        "Take it to the device as a file, by e-mail, or as a QR code. Keep it as secret as the token in it. It works only on that device."
                    </p>
                }
            }
        />
        <div class="split">
            <div>
                <CodeBlock title="Response file" text=file />
                <p class="actions">
                    <a class="button primary" href=download download="latchkey-response.txt">
                        "Save file"
                    </a>
                </p>
            </div>
            <div>
                <Panel id="given" title="Details">
                    <Facts>
                        <Fact name="License">
                            <a href=format!("/licenses/{}", license.id)>
                                <bdi>{license.name}</bdi>
                            </a>
                            <small>
                                <bdi>{license.product}</bdi>
                                " on "
                                <bdi>{policy}</bdi>
                            </small>
                        </Fact>
                        <Fact name="Granted">
                            <When at=granted_at now />
                        </Fact>
                        <Fact name="Lease ends">
                            <When at=lease_ends_at now />
                        </Fact>
                        <Fact name="Token ends">
                            <When at=token_expires_at now />
                        </Fact>
                    </Facts>
                </Panel>
                {qr.map(picture)}
            </div>
        </div>
    }
}

/// The QR code, dark on light in both themes because cameras expect that.
fn picture(code: QrCode) -> impl IntoView {
    let QrCode { side, path } = code;
    view! {
        <Panel id="qr" title="QR code">
            <svg
                class="qr"
                role="img"
                aria-label="The response as a QR code"
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
            >
                <path d=path />
            </svg>
        </Panel>
    }
}
