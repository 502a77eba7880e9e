//! Values that the document lists for the parameters of lists.

use testing::contract;

use super::api::{Api, pointers};
use crate::fixture::Server;

contract!(every_list_accepts_the_values_that_its_document_names_and_no_others, async |db| {
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let document = server.get("/api/openapi.json").await.json();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().filter(|_| !path.contains('{'));
        for parameter in parameters.into_iter().flatten() {
            let Some(names) = parameter["schema"]["enum"].as_array() else { continue };
            let name = parameter["name"].as_str().unwrap();
            for value in names {
                let answer = api.get(&format!("{path}?{name}={}", value.as_str().unwrap())).await;
                assert_eq!(answer.status, 200, "{path} {name}={value}: {}", answer.text());
                seen += 1;
            }
            assert_eq!(pointers(&api.get(&format!("{path}?{name}=other")).await), [name], "{path}");
        }
    }
    assert!(seen > 40, "{seen}");
});
