def test_index(client, writer, in_review, reviewer):
    client.force_login(writer)
    r = client.get("/admin/")
    assert r.status_code == 200
    print(r.content.decode()[-6000:])
    for url in ["/admin/articles/article/", "/admin/articles/article/%d/change/" % in_review.article_id, "/admin/articles/revision/", "/admin/articles/revision/%d/review/" % in_review.pk, "/admin/articles/image/add/", "/admin/articles/image/"]:
        r = client.get(url); assert r.status_code == 200, url
    client.force_login(reviewer)
    r = client.get("/admin/articles/revision/%d/review/" % in_review.pk); assert r.status_code == 200
    print(r.content.decode()[:7000])
